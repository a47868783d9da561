{{- define "acme.password" -}}
{{ .Values.password | default "none" | b64enc }}
{{- end }}
