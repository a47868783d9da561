{{- /* Made by chartgen from its template seed_helpers.tpl.j2. */ -}}
{{- /* Seeding: what the init container and the hook Job share. */ -}}

{{- /* Key of a ConfigMap for a path: keys hold no slash, so a path that is no key gets a digest that keeps it unique. */ -}}
{{- define "ushadow.seed.key" -}}
{{- if and (regexMatch "^[-._a-zA-Z0-9]{1,253}$" .) (not (hasPrefix ".." .)) (ne . ".") }}
{{- . }}
{{- else }}
{{- regexReplaceAll "[^-_a-zA-Z0-9]+" . "_" | trunc 200 }}.{{ sha256sum . | trunc 8 }}
{{- end }}
{{- end }}

{{- /* Files to seed as JSON, path to text or, for one that is no text, to its base64: those of the chart, then those of the values, which win. */ -}}
{{- define "ushadow.seed.config.files" -}}
{{- $files := dict }}
{{- range $path, $_ := .Files.Glob "files/config/**" }}
{{- $content := $.Files.Get $path }}
{{- $isText := eq $content (dict "content" $content | toJson | fromJson).content }}
{{- $_ := set $files (trimPrefix "files/config/" $path) (ternary $content (dict "base64" (b64enc $content)) $isText) }}
{{- end }}
{{- range $path, $content := .Values.seed.config.files }}
{{- $_ := set $files $path $content }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{- /* Name of the chart's own ConfigMap; another one when a person's has the name already. */ -}}
{{- define "ushadow.seed.config.configMap" -}}
{{- $name := printf "%s-initial-config" (include "ushadow.fullname" .) }}
{{- ternary (printf "%s-chart" $name) $name (eq $name .Values.seed.config.existingConfigMap) }}
{{- end }}

{{- /* The container that seeds. Arguments: root, name, mode (init or gate). */ -}}
{{- define "ushadow.seed.config.container" -}}
- name: {{ .name }}
  {{- $mode := .mode }}
  {{- with .root }}
  {{- $files := include "ushadow.seed.config.files" . | fromJson }}
  image: {{ include "ushadow.image" (dict "root" . "image" .Values.backend.image) | quote }}
  imagePullPolicy: {{ .Values.backend.image.pullPolicy }}
  command: [sh, /seed/bin/seed.sh]
  env:
    - name: SEED_MODE
      value: {{ $mode }}
    - name: SEED_TARGET
      value: /seed/volume
    - name: SEED_VOLUME
      value: config
    - name: SEED_SOURCES
      value: |
        {{- if .Values.seed.config.existingConfigMap }}
        /seed/existing
        {{- end }}
        {{- if $files }}
        /seed/chart
        {{- end }}
        {{- if .Values.seed.config.fromImage }}
        /config
        {{- end }}
    - name: SEED_EXPECTED
      value: |
        {{- if .Values.seed.config.existingConfigMap }}
        /seed/existing
        {{- end }}
        {{- if $files }}
        /seed/chart
        {{- end }}
    - name: SEED_POLICY
      value: {{ .Values.seed.config.policy }}
    {{- $directories := "" }}
    {{- range $path, $mode := .Values.seed.config.directories }}
    {{- $directories = printf "%s%s %s\n" $directories $mode $path }}
    {{- end }}
    - name: SEED_DIRECTORIES
      {{- dict "value" $directories | toYaml | nindent 6 }}
    {{- $protected := "" }}
    {{- range .Values.seed.config.protectedPaths }}
    {{- $protected = printf "%s%s\n" $protected . }}
    {{- end }}
    - name: SEED_PROTECTED
      {{- dict "value" $protected | toYaml | nindent 6 }}
    - name: SEED_KEY_NAME
      value: AUTH_SECRET_KEY
    - name: SEED_KEY
      valueFrom:
        secretKeyRef:
          name: {{ include "ushadow.secret.auth" . | quote }}
          key: {{ .Values.secrets.auth.existingSecretKeys.AUTH_SECRET_KEY | quote }}
    - name: SEED_ACCEPT_NEW_KEY
      value: {{ .Values.seed.config.acceptNewKey | quote }}
  {{- with .Values.seed.config.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "ushadow.securityContext" (dict "root" . "context" .Values.backend.securityContext "own" (dict "readOnlyRootFilesystem" true)) }}
  securityContext:
    {{- . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: config
      mountPath: /seed/volume
      {{- with .Values.persistence.config.subPath }}
      subPath: {{ . | quote }}
      {{- end }}
    - name: seed-script
      mountPath: /seed/bin
      readOnly: true
    {{- if $files }}
    - name: seed-config
      mountPath: /seed/chart
      readOnly: true
    {{- end }}
    {{- if .Values.seed.config.existingConfigMap }}
    - name: seed-config-existing
      mountPath: /seed/existing
      readOnly: true
    {{- end }}
  {{- end }}
{{- end }}

{{- /* The volumes that this container reads from. A ConfigMap that is gone never keeps the pod from starting. */ -}}
{{- define "ushadow.seed.config.volumes" -}}
{{- with include "ushadow.seed.config.files" . | fromJson -}}
- name: seed-config
  configMap:
    name: {{ include "ushadow.seed.config.configMap" $ }}
    optional: true
    items:
      {{- range $path, $_ := . }}
      - key: {{ include "ushadow.seed.key" $path | quote }}
        path: {{ $path | quote }}
      {{- end }}
{{- end }}
{{- if .Values.seed.config.existingConfigMap }}
- name: seed-config-existing
  configMap:
    name: {{ .Values.seed.config.existingConfigMap | quote }}
    optional: true
    {{- with .Values.seed.config.existingConfigMapItems }}
    items:
      {{- range $path, $key := . }}
      - key: {{ $key | quote }}
        path: {{ $path | quote }}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
