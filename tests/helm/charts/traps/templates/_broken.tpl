{{- define "traps.deep" }}{{ include "traps.deeper" . }}{{ end -}}
{{- define "traps.deeper" }}{{ index .Values.name 5 "x" }}{{ end -}}
{{- define "traps.endless" }}{{ include "traps.endless" . }}{{ end -}}
