{{- /* Made by chartgen from its template secret_helpers.tpl.j2. */ -}}
{{- /* Secrets: where each comes from decides which objects are made. */ -}}

{{- /* One of existing, external, given, job, lookup, none. */ -}}
{{- define "ushadow.secret.auth.source" -}}
{{- if .Values.secrets.auth.existingSecret }}existing
{{- else if .Values.secrets.auth.externalSecret.enabled }}external
{{- else if or (index .Values.secrets.auth.values "AUTH_SECRET_KEY") }}given
{{- else }}{{ .Values.secrets.auth.generate }}
{{- end }}
{{- end }}
