{{- /* Made by chartgen from its template seed_helpers.tpl.j2. */ -}}
{{- /* Seeding: what the init container and the hook Job share. */ -}}

{{- /* Key of a ConfigMap for a path: keys hold no slash, so a path that is no key gets a digest that keeps it unique. */ -}}
{{- define "ushadow.seed.key" -}}
{{- if regexMatch "^[-._a-zA-Z0-9]{1,253}$" . }}
{{- . }}
{{- else }}
{{- regexReplaceAll "[^-_a-zA-Z0-9]+" . "_" | trunc 200 }}.{{ sha256sum . | trunc 8 }}
{{- end }}
{{- end }}

{{- /* Files to seed as JSON, path to text or, for one that is no text, to its base64: those of the chart, then those of the values, which win. */ -}}
{{- define "ushadow.seed.config.files" -}}
{{- $files := dict }}
{{- /* chartgen:never none: the chart brings files */ -}}
{{- range $path, $_ := .Files.Glob "files/config/**" }}
{{- $content := $.Files.Get $path }}
{{- $_ := set $files (trimPrefix "files/config/" $path) $content }}
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
  image: {{ include "ushadow.image" (dict "root" .root "image" .root.Values.backend.image) | quote }}
  imagePullPolicy: {{ .root.Values.backend.image.pullPolicy }}
  command: [sh, /seed/bin/seed.sh]
  env:
    - name: SEED_MODE
      value: {{ .mode }}
    - name: SEED_TARGET
      value: /seed/volume
    - name: SEED_VOLUME
      value: config
    - name: SEED_SOURCES
      value: |
        {{- if .root.Values.seed.config.existingConfigMap }}
        /seed/existing
        {{- end }}
        /seed/chart
        {{- if .root.Values.seed.config.fromImage }}
        /config
        {{- end }}
    - name: SEED_EXPECTED
      value: |
        {{- if .root.Values.seed.config.existingConfigMap }}
        /seed/existing
        {{- end }}
        /seed/chart
    - name: SEED_POLICY
      value: {{ .root.Values.seed.config.policy }}
    {{- $directories := "" }}
    {{- range $path, $mode := .root.Values.seed.config.directories }}
    {{- $directories = printf "%s%s %s\n" $directories $mode $path }}
    {{- end }}
    - name: SEED_DIRECTORIES
      {{- dict "value" $directories | toYaml | nindent 6 }}
    {{- $protected := "" }}
    {{- range .root.Values.seed.config.protectedPaths }}
    {{- $protected = printf "%s%s\n" $protected . }}
    {{- end }}
    - name: SEED_PROTECTED
      {{- dict "value" $protected | toYaml | nindent 6 }}
    - name: SEED_KEY_NAME
      value: AUTH_SECRET_KEY
    - name: SEED_KEY
      valueFrom:
        secretKeyRef:
          name: {{ include "ushadow.secret.auth" .root | quote }}
          key: {{ .root.Values.secrets.auth.existingSecretKeys.AUTH_SECRET_KEY | quote }}
    - name: SEED_ACCEPT_NEW_KEY
      value: {{ .root.Values.seed.config.acceptNewKey | quote }}
  {{- with .root.Values.seed.config.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "ushadow.securityContext" (dict "root" .root "context" .root.Values.backend.securityContext "own" (dict "readOnlyRootFilesystem" true)) | nindent 4 }}
  volumeMounts:
    - name: config
      mountPath: /seed/volume
      {{- with .root.Values.persistence.config.subPath }}
      subPath: {{ . | quote }}
      {{- end }}
    - name: seed-script
      mountPath: /seed/bin
      readOnly: true
    - name: seed-config
      mountPath: /seed/chart
      readOnly: true
    {{- if .root.Values.seed.config.existingConfigMap }}
    - name: seed-config-existing
      mountPath: /seed/existing
      readOnly: true
    {{- end }}
{{- end }}

{{- /* The volumes that this container reads from. A ConfigMap that is gone never keeps the pod from starting. */ -}}
{{- define "ushadow.seed.config.volumes" -}}
{{- $files := include "ushadow.seed.config.files" . | fromJson }}
- name: seed-config
  configMap:
    name: {{ include "ushadow.seed.config.configMap" . }}
    optional: true
    items:
      {{- /* chartgen:never none: there are files, or this is not reached */ -}}
      {{- range $path, $_ := $files }}
      - key: {{ include "ushadow.seed.key" $path | quote }}
        path: {{ $path | quote }}
      {{- end }}
{{- if .Values.seed.config.existingConfigMap }}
- name: seed-config-existing
  configMap:
    name: {{ .Values.seed.config.existingConfigMap | quote }}
    optional: true
    {{- with .Values.seed.config.existingConfigMapItems }}
    items:
      {{- /* chartgen:never none: there are items, or this is not reached */ -}}
      {{- range $path, $key := . }}
      - key: {{ $key | quote }}
        path: {{ $path | quote }}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
