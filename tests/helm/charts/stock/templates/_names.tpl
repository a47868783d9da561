{{- define "stock.name" -}}
{{ printf "%s-%s" .Release.Name (.Values.nameOverride | default .Chart.Name) | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "stock.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "stock.account" -}}
{{ .Values.serviceAccount.name | default (ternary (include "stock.name" .) "default" .Values.serviceAccount.create) }}
{{- end -}}
