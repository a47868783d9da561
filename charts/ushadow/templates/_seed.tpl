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

{{- /* Files to seed, path to content, as JSON: those of the chart, then those of the values, which win. */ -}}
{{- define "ushadow.seed.config.files" -}}
{{- $files := dict }}
{{- range $path, $_ := .Files.Glob "files/config/**" }}
{{- $_ := set $files (trimPrefix "files/config/" $path) ($.Files.Get $path) }}
{{- end }}
{{- mergeOverwrite $files (deepCopy .Values.seed.config.files) | toJson }}
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
  image: {{ include "ushadow.image" (dict "root" . "image" .Values.backend.image) }}
  imagePullPolicy: {{ .Values.backend.image.pullPolicy }}
  command: [sh, /seed/bin/seed.sh]
  env:
    - name: SEED_MODE
      value: {{ $mode }}
    - name: SEED_TARGET
      value: /seed/volume
    - name: SEED_SOURCES
      value: |
        {{- if .Values.seed.config.existingConfigMap }}
        /seed/existing
        {{- end }}
        /seed/chart
        {{- if .Values.seed.config.fromImage }}
        /config
        {{- end }}
    - name: SEED_POLICY
      value: {{ .Values.seed.config.policy }}
    - name: SEED_DIRECTORIES
      value: |
        {{- range $path, $mode := .Values.seed.config.directories }}
        {{ $mode }} {{ $path }}
        {{- end }}
    - name: SEED_PROTECTED
      value: |
        {{- range .Values.seed.config.protectedPaths }}
        {{ . }}
        {{- end }}
    - name: SEED_KEY_NAME
      value: AUTH_SECRET_KEY
    - name: SEED_KEY
      valueFrom:
        secretKeyRef:
          name: {{ include "ushadow.secret.auth" . }}
          key: {{ .Values.secrets.auth.existingSecretKeys.AUTH_SECRET_KEY }}
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
      subPath: {{ . }}
      {{- end }}
    - name: seed-script
      mountPath: /seed/bin
      readOnly: true
    - name: seed-config
      mountPath: /seed/chart
      readOnly: true
    {{- if .Values.seed.config.existingConfigMap }}
    - name: seed-config-existing
      mountPath: /seed/existing
      readOnly: true
    {{- end }}
  {{- end }}
{{- end }}

{{- /* The volumes that this container reads from. A ConfigMap that is gone never keeps the pod from starting. */ -}}
{{- define "ushadow.seed.config.volumes" -}}
- name: seed-config
  configMap:
    name: {{ include "ushadow.seed.config.configMap" . }}
    optional: true
    {{- with include "ushadow.seed.config.files" . | fromJson }}
    items:
      {{- range $path, $_ := . }}
      - key: {{ include "ushadow.seed.key" $path | quote }}
        path: {{ $path | quote }}
      {{- end }}
    {{- end }}
{{- if .Values.seed.config.existingConfigMap }}
- name: seed-config-existing
  configMap:
    name: {{ .Values.seed.config.existingConfigMap }}
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
