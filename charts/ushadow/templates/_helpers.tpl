{{- /* Made by chartgen from its template helpers.tpl.j2. */ -}}
{{- /* Named templates. Their names and arguments are an interface: templates of the application may use them. */ -}}

{{- /* Name of the chart, or what nameOverride says. */ -}}
{{- define "ushadow.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* Prefix of every object's name: no dots, which a Service's name may not have, and short enough for the longest suffix. */ -}}
{{- define "ushadow.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 37 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | replace "." "-" | trunc 37 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | replace "." "-" | trunc 37 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "ushadow.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- /* Labels that select pods: never more, never others. Arguments: root, component. */ -}}
{{- define "ushadow.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ushadow.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- /* Labels of an object. Arguments: root, component, extra (optional). */ -}}
{{- define "ushadow.labels" -}}
{{- $own := include "ushadow.selectorLabels" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_.") }}
{{- $_ := set $own "app.kubernetes.io/version" (.root.Chart.AppVersion | replace "+" "_" | trunc 63 | trimAll "-_.") }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- mergeOverwrite (dict) (.root.Values.commonLabels | default dict) (.extra | default dict) $own | toYaml }}
{{- end }}

{{- /* Labels of a pod: without chart and version, so that a new chart alone restarts nothing. Arguments: root, component, extra (optional). */ -}}
{{- define "ushadow.podLabels" -}}
{{- $own := include "ushadow.selectorLabels" . | fromYaml }}
{{- mergeOverwrite (dict) (.root.Values.commonLabels | default dict) (.extra | default dict) $own | toYaml }}
{{- end }}

{{- /* Annotations, or nothing. Arguments: root, extra (optional). */ -}}
{{- define "ushadow.annotations" -}}
{{- with mergeOverwrite (dict) (.root.Values.commonAnnotations | default dict) (.extra | default dict) }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- /* Reference of an image. Arguments: root, image. */ -}}
{{- define "ushadow.image" -}}
{{- with .root.Values.global.imageRegistry | default .image.registry }}{{ . }}/{{ end }}
{{- .image.repository }}
{{- if .image.digest }}@{{ .image.digest }}
{{- else }}:{{ include "ushadow.scalar" (.image.tag | default .root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- define "ushadow.imagePullSecrets" -}}
{{- with concat (.Values.global.imagePullSecrets | default list) (.Values.imagePullSecrets | default list) | uniq }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- /* A scalar as the string it was written as: whole numbers never become 1e+06. */ -}}
{{- define "ushadow.scalar" -}}
{{- if kindIs "float64" . }}{{ toJson . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{- /* Environment variables from a map of scalars or of `valueFrom`. */ -}}
{{- define "ushadow.env" -}}
{{- range $name, $value := . }}
- name: {{ $name | quote }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ include "ushadow.scalar" $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* Security context of a pod. Arguments: root, context, restricted (what the restricted profile needs). */ -}}
{{- define "ushadow.podSecurityContext" -}}
{{- $context := .context | default dict }}
{{- if eq .root.Values.podSecurity "restricted" }}
{{- $profile := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
{{- $context = mergeOverwrite $profile .restricted (deepCopy $context) }}
{{- end }}
{{- with $context }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- /* Security context of a container. Arguments: root, context, own (what always holds),
       without (optional: a key of the context that is left out). */ -}}
{{- define "ushadow.securityContext" -}}
{{- $given := omit (deepCopy (.context | default dict)) (toString .without) }}
{{- $context := mergeOverwrite $given .own }}
{{- if eq .root.Values.podSecurity "restricted" }}
{{- $profile := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) }}
{{- $context = mergeOverwrite $profile (deepCopy $context) }}
{{- end }}
{{- with $context }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- define "ushadow.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "ushadow.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* Where the URL of mongodb comes from: a Secret, a value, or the default. */ -}}
{{- define "ushadow.external.mongodb" -}}
{{- if .Values.external.mongodb.existingSecret -}}
valueFrom:
  secretKeyRef:
    name: {{ .Values.external.mongodb.existingSecret | quote }}
    key: {{ .Values.external.mongodb.existingSecretKey | quote }}
{{- else -}}
value: {{ .Values.external.mongodb.url | default (printf "mongodb://mongodb.root.svc.%s:27017/ushadow" $.Values.clusterDomain) | quote }}
{{- end }}
{{- end }}

{{- /* Where the URL of redis comes from: a Secret, a value, or the default. */ -}}
{{- define "ushadow.external.redis" -}}
{{- if .Values.external.redis.existingSecret -}}
valueFrom:
  secretKeyRef:
    name: {{ .Values.external.redis.existingSecret | quote }}
    key: {{ .Values.external.redis.existingSecretKey | quote }}
{{- else -}}
value: {{ .Values.external.redis.url | default (printf "redis://redis.root.svc.%s:6379/0" $.Values.clusterDomain) | quote }}
{{- end }}
{{- end }}

{{- define "ushadow.secret.auth" -}}
{{- .Values.secrets.auth.existingSecret | default (printf "%s-secrets" (include "ushadow.fullname" .)) }}
{{- end }}

{{- define "ushadow.claim.config" -}}
{{- .Values.persistence.config.existingClaim | default (printf "%s-config" (include "ushadow.fullname" .)) }}
{{- end }}

{{- define "ushadow.claim.data" -}}
{{- .Values.persistence.data.existingClaim | default (printf "%s-data" (include "ushadow.fullname" .)) }}
{{- end }}
