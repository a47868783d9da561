#!/bin/sh
# Creates one Kubernetes Secret with random keys, only if it is absent. A Helm hook Job (pre-install, pre-upgrade).
#
#   SECRET_NAME, SECRET_NAMESPACE, RELEASE_NAME   the Secret, and the release that owns it
#   RELEASE_NAMESPACE   where that release is installed, when it is not the namespace of the Secret
#   SECRET_KEYS          a line for each key: KEY LENGTH (characters of A-Z a-z 0-9)
#   SECRET_LABELS        a line for each label: KEY=VALUE
#   SECRET_RETAIN        true (default): carries helm.sh/resource-policy: keep
#   SECRET_TIMEOUT       seconds for everything together (60); SECRET_RETRY_DELAY before the first retry (1, doubles)
#   SERVICE_ACCOUNT_DIR  folder of token and ca.crt (/var/run/secrets/kubernetes.io/serviceaccount)
#   KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT   the API server, as Kubernetes sets them
#
# Needs curl, python3 or GNU wget, and awk cat head mkdir mktemp rm sleep tr wc. RBAC: `get` on this name, and `create`.
# Exit 0: the Secret is there with every wanted key. Exit 1: it is not; the last lines say why and what to do.
# What exists is never changed: a Secret without a wanted key may stand beside data written with that very key, so a
# person completes it, and the Job needs no `patch`. No value is ever printed, or put into a variable or an argument.
# shellcheck disable=SC2317 # functions are called by traps and by a name in a variable
set -uf
umask 077
LC_ALL=C
export LC_ALL
name=${SECRET_NAME-} namespace=${SECRET_NAMESPACE-} release=${RELEASE_NAME-} retain=${SECRET_RETAIN:-true}
home=${RELEASE_NAMESPACE:-$namespace}
account=${SERVICE_ACCOUNT_DIR:-/var/run/secrets/kubernetes.io/serviceaccount}
host=${KUBERNETES_SERVICE_HOST:-kubernetes.default.svc} port=${KUBERNETES_SERVICE_PORT:-443}
timeout=${SECRET_TIMEOUT:-60} delay=${SECRET_RETRY_DELAY:-1}
newline='
'
dir='' busy='' watchdog='' problems='' wanted='' labels='' client='' made='' tries=0 refusals=0

say() { printf 'create-secret: %s\n' "$*"; }
wrong() { say "$*" >&2; problems=1; }
fail() { say "$*" >&2; exit 1; }
cleanup() {
  trap '' TERM INT HUP ALRM
  {
    # KILL: a child just forked would lose a TERM to the handlers that it still has from us.
    [ -z "$busy" ] || [ "$!" = "$watchdog" ] || kill -KILL "$!"
    kill "$watchdog"
    wait # for all: bash that was interrupted in a wait for one may wait for that one for ever
  } 2>/dev/null
  [ -z "$dir" ] || rm -rf "$dir"
}

# What was asked. Only what Kubernetes accepts passes, so that nothing breaks out of the URL, the JSON or a file that
# a client reads. All problems are told at once.
name_like() {
  case $2 in '' | *[!a-z0-9.-]* | [.-]* | *[.-]) wrong "$1 must be a Kubernetes name: a-z, 0-9, - and . inside." ;; esac
}
number_like() { case $2 in '' | *[!0-9]* | ??????*) wrong "$1 must be a number of up to five digits." ;; esac; }
add_key() {
  [ $# = 2 ] || { wrong "SECRET_KEYS: each line must be KEY LENGTH."; wanted=-; return; }
  case $1 in *[!A-Za-z0-9._-]*) wrong "SECRET_KEYS: a key may have letters, digits, - _ and . only." ;; esac
  case $2 in 0* | *[!0-9]* | ?????*) wrong "SECRET_KEYS: a length must be 1 to 9999." ;; esac
  case $newline$wanted in *"$newline$1 "*) wrong "SECRET_KEYS: a key is there twice." ;; esac
  wanted=$wanted$1\ $2$newline
}
add_label() {
  case $1 in
    app.kubernetes.io/managed-by=Helm) ;; # compose always writes it
    app.kubernetes.io/managed-by=*) wrong "SECRET_LABELS: managed-by must be Helm, or Helm never adopts the Secret." ;;
    *[!A-Za-z0-9._/=-]* | =* | *=*[=/]*) wrong "SECRET_LABELS: a label has a character that Kubernetes refuses." ;;
    *=*) labels="$labels,\"${1%%=*}\":\"${1#*=}\"" ;;
    *) wrong "SECRET_LABELS: each line must be KEY=VALUE." ;;
  esac
}
name_like SECRET_NAME "$name"
name_like SECRET_NAMESPACE "$namespace"
name_like RELEASE_NAME "$release"
name_like RELEASE_NAMESPACE "${RELEASE_NAMESPACE:-none}"
number_like KUBERNETES_SERVICE_PORT "$port"
number_like SECRET_TIMEOUT "$timeout"
number_like SECRET_RETRY_DELAY "$delay"
case $retain in true | false) ;; *) wrong "SECRET_RETAIN must be true or false." ;; esac
host=${host#\[} host=${host%\]}
case $host in *[!A-Za-z0-9.:-]* | -*) wrong "KUBERNETES_SERVICE_HOST must be a host name or an address." ;; esac
case $host in *:*) server="https://[$host]:$port" ;; *) server=https://$host:$port ;; esac
blank=$IFS IFS=$newline
# shellcheck disable=SC2086 # split on purpose, the lines here and the words of a line below; set -f keeps a * as it is
for line in ${SECRET_KEYS-}; do IFS=$blank; add_key $line; done
IFS=$newline
for line in ${SECRET_LABELS-}; do add_label "$line"; done
IFS=$blank
[ -n "$wanted" ] || wrong "SECRET_KEYS is empty: it needs a line for each key, KEY LENGTH."
for tool in awk cat head mkdir mktemp rm sleep tr wc; do
  command -v "$tool" >/dev/null || wrong "The image lacks $tool: choose one that has a shell with its usual tools."
done
for file in token ca.crt; do
  { [ -s "$account/$file" ] && [ -r "$account/$file" ]; } ||
    wrong "No readable $account/$file: the pod needs automountServiceAccountToken: true."
done
# BusyBox wget has no option that names a CA, and most builds verify nothing; GNU wget does.
if command -v curl >/dev/null; then client=curl
elif command -v python3 >/dev/null; then client=python3
else case $(wget --version 2>/dev/null) in "GNU Wget 1."*+https*) client=wget ;; esac; fi
[ -n "$client" ] || wrong "The image lacks curl, python3 and GNU wget, one of which must ask the API server" \
  "(BusyBox wget will not do: it cannot verify the server against the cluster's CA). Choose an image that has one."
[ -z "$problems" ] || exit 1

what="Secret $namespace/$name" collection=/api/v1/namespaces/$namespace/secrets
cause="$server did not answer"
network="Check that NetworkPolicies and mesh sidecars let this pod reach the API server at $server, then try again."
remedy=$network limit=15
[ "$timeout" -ge "$limit" ] || limit=$timeout
# The deadline is a process of its own: neither a client fed byte by byte nor a long pause outlives it. It is started
# before the traps are set, see cleanup.
watch() {
  exec >/dev/null 2>&1
  trap '[ -z "${!-}" ] || kill -KILL "$!"; wait; exit' TERM
  sleep "$timeout" &
  wait $! && kill -ALRM $$
}
watch & watchdog=$!
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
trap 'exit 129' HUP
trap 'fail "Gave up on $what after $timeout s: $cause. $remedy"' ALRM
for place in ${TMPDIR:+"$TMPDIR"} /dev/shm /tmp; do # memory before disk
  dir=$(mktemp -d "$place/create-secret.XXXXXX" 2>/dev/null) && break
done
[ -n "$dir" ] || fail "There is no place for a private folder: mount an emptyDir at /tmp (medium: Memory)."
: >"$dir/values"
mkdir "$dir/no-ca" # an empty folder of CAs, for clients that would add the system's to the cluster's

# The clients: METHOD PATH [BODY FILE]; $dir/answer, status and error take what comes. Each replaces the shell that runs
# it, takes the token from a file, trusts the cluster's CA alone, and uses no proxy, redirect or start-up file that the
# image brings: the cluster's own API server is asked directly or not at all.
with_curl() {
  exec curl -q -sS -g -X "$1" --proto =https --noproxy '*' --max-time "$limit" --cacert "$account/ca.crt" \
    --capath "$dir/no-ca" -K "$dir/auth" -H 'Accept: application/json' -H 'Content-Type: application/json' \
    ${3:+--data-binary "@$3"} -o "$dir/answer" -w '%{http_code}\n' "$server$2" >"$dir/status" 2>"$dir/error"
}
with_wget() {
  exec wget --config="$dir/auth" -nv -S --tries=1 --timeout="$limit" --max-redirect=0 --no-proxy --no-netrc \
    --no-hsts --check-certificate --ca-certificate="$account/ca.crt" --ca-directory="$dir/no-ca" \
    --header='Accept: application/json' --header='Content-Type: application/json' --content-on-error \
    ${3:+--post-file="$3"} -O "$dir/answer" "$server$2" 2>"$dir/error"
}
# PROTOCOL_TLS_CLIENT verifies chain and host. From Python 3.13 on create_default_context also refuses a CA that lacks
# newer extensions, as that of some clouds' clusters does (kubernetes-client/python issue 2394).
with_python3() {
  exec python3 -I -S -c '
import http.client, ssl, sys
account, host, port, limit, answer, method, path, *body = sys.argv[1:]
try:
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(account + "/ca.crt")
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    headers["Authorization"] = "Bearer " + open(account + "/token").read().strip()
    link = http.client.HTTPSConnection(host, int(port), timeout=int(limit), context=trust)
    link.request(method, path, open(body[0], "rb").read() if body else None, headers)
    reply = link.getresponse()
    open(answer, "wb").write(reply.read())
    print(reply.status)
except (OSError, http.client.HTTPException, ValueError) as error:
    sys.exit("%s: %s" % (type(error).__name__, error))
' "$account" "$host" "$port" "$limit" "$dir/answer" "$@" >"$dir/status" 2>"$dir/error"
}

# What an answer says, a line each, without one value of `data`. Split at quotes, it is in turn outside and inside a
# string; a quote after an odd number of backslashes belongs to the string.
read_answer() {
  awk -v values="$dir/values" '
    function shown(s, v, i) {
      gsub(/\\"/, "\"", s); gsub(/[^ -~]/, " ", s)
      for (v in hidden) while ((i = index(s, v)) > 0) s = substr(s, 1, i - 1) "***" substr(s, i + length(v))
      return substr(s, 1, 400)
    }
    function value(s) {
      if (depth == 1 && at[1] ~ /^(kind|reason|message)$/) print at[1] "=" shown(s)
      if (depth == 2 && at[1] == "metadata" && at[2] == "name") print "name=" shown(s)
      if (depth == 2 && at[1] == "data" && s != "") print "key=" shown(at[2])
      if (depth == 3 && at[2] == "annotations" && at[3] == "meta.helm.sh/release-name") print "release=" shown(s)
    }
    BEGIN { while ((getline line < values) > 0) hidden[line]; RS = "\"" }
    NR == 1 { first = $0; gsub(/[ \t\r\n]/, "", first); first = substr(first, 1, 1); if (first != "{") exit }
    inside {
      text = text $0
      if (match($0, /\\+$/) && RLENGTH % 2) { text = text RS; next }
      if (naming) at[depth] = text; else value(text)
      inside = 0; next
    }
    {
      for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        if (c == "{" || c == "[") { naming = (c == "{"); object[++depth] = naming; at[depth] = "" }
        if (c == "}" || c == "]") depth--
        if (c == ":") naming = 0
        if (c == ",") naming = object[depth]
      }
      inside = 1; text = ""
    }
    END { print "form=" (first == "{" ? (depth ? "cut short" : "json") : first == "" ? "empty" : "not JSON") }'
}
has() { case $facts in *"$newline$1$newline"*) return 0 ;; esac; return 1; }
fact() { case $facts in *"$newline$1="*) rest=${facts#*"$newline$1="} && printf %s "${rest%%"$newline"*}" ;; esac; }

# A shell acts on a signal only when a command in the foreground has ended (bash even inside a pipeline, and then waits
# for it for ever), so whatever can last runs beside it; `busy` goes first, so that cleanup knows of it from the start.
aside() { busy=1 ended=0; "$@" & wait $! || ended=$?; busy=''; }
request() { # sets $status (empty: no whole answer) and $facts
  for file in answer status error; do : >"$dir/$file"; done
  quote=\"
  [ $client != wget ] || quote=''
  {
    printf 'header = %sAuthorization: Bearer ' "$quote"
    tr -d '\r\n' <"$account/token"
    printf '%s\n' "$quote"
  } >"$dir/auth"
  aside "with_$client" "$@"
  [ $client != wget ] || awk '$1 ~ /^HTTP\// { s = $2 } END { print s }' "$dir/error" >"$dir/status"
  read -r status <"$dir/status" || status=''
  case $client:$ended in *:0 | wget:[68]) ;; *) status='' ;; esac # GNU wget: 8 is an HTTP error, 6 a 401
  facts=$newline$(read_answer <"$dir/answer")$newline
}

# The body is made once for a run, so that a try after a lost answer cannot bring a second key. By its label and
# annotations Helm adopts the Secret when a later release renders it. Argo CD would prune what carries the instance
# label but is not rendered, and the next sync would make another key (wiz-sec/charts issue 62).
random() { tr -dc A-Za-z0-9 </dev/urandom 2>/dev/null | head -c "$1"; }
compose() {
  comma=''
  # shellcheck disable=SC2086 # KEY LENGTH KEY LENGTH ...
  set -- $wanted
  printf '{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"name":"%s",' "$name"
  printf '"namespace":"%s",' "$namespace"
  printf '"labels":{"app.kubernetes.io/managed-by":"Helm"%s},"annotations":{' "$labels"
  [ "$retain" = false ] || printf '"helm.sh/resource-policy":"keep",'
  printf '"argocd.argoproj.io/sync-options":"Prune=false","argocd.argoproj.io/compare-options":"IgnoreExtraneous",'
  printf '"meta.helm.sh/release-name":"%s",' "$release"
  printf '"meta.helm.sh/release-namespace":"%s"}},"stringData":{' "$home"
  while [ $# -gt 0 ]; do
    aside random "$2" >"$dir/value" # opened here: what outlives a kill for a moment must not make a file
    [ $(($(wc -c <"$dir/value"))) = "$2" ] || fail "Could not get $2 random characters from /dev/urandom into $dir."
    printf '%s"%s":"' "$comma" "$1"
    cat "$dir/value" || fail "Could not write to $dir."
    printf '"'
    { cat "$dir/value"; echo; } >>"$dir/values"
    comma=, && shift 2
  done
  printf '}}\n'
}

report() { # the Secret is there; exits
  lacks='' holds='' owner=$(fact release)
  # shellcheck disable=SC2086 # as above
  set -- $wanted
  while [ $# -gt 0 ]; do
    if has "key=$1"; then holds="$holds $1"; else lacks="$lacks $1"; fi
    shift 2
  done
  [ -z "$lacks" ] || fail "$what exists but lacks$lacks (or has it empty). It was left as it is. If data was written" \
    "with an older value, put that one back; else add a new one for each such KEY, and run the upgrade again:" \
    "printf '{\"stringData\":{\"KEY\":\"%s\"}}' \"\$(LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 48)\" |" \
    "kubectl --namespace $namespace patch secret $name --patch-file /dev/stdin"
  case $made in
    201) say "$what was created with$holds." ;;
    409) say "$what was created by another run at the same moment, with$holds; this run changed nothing." ;;
    *) say "$what is there with$holds; nothing was changed." ;;
  esac
  case $owner in
    "$release") ;;
    '') say "Note: $what names no Helm release: it was not made by this chart; Helm neither adopts nor deletes it." ;;
    *) say "Warning: $what belongs to release $owner, not $release: who changes it there changes it here." ;;
  esac
  exit 0
}

explain() { # METHOD PATH: sets $cause and $remedy for the last answer; 1 when another try cannot help
  message=$(fact message) form=$(fact form) again=0
  cause="$1 $server$2 was answered with $status${message:+: $message}" remedy="Try again when that is mended."
  case $status in
    '')
      cause="$1 $server$2 failed: $(awk '!/^ / && NF { print substr($0, 1, 300); exit }' "$dir/error")" remedy=$network
      case $cause in *ertificate* | *SSL* | *TLS*)
        remedy="$account/ca.crt must have signed the server's certificate, which must name $host; never skipped."
        remedy="$remedy $network" ;;
      esac ;;
    401) remedy="The token in $account must be of this cluster, and its ServiceAccount must still be there." ;;
    403) # for a moment after a Role is made the API server does not know it yet
      remedy="Unless a quota or policy is named above, give the Job's ServiceAccount a RoleBinding to a Role in"
      remedy="$remedy $namespace with verb get on secrets, resourceNames [$name], and verb create on secrets (no"
      remedy="$remedy resourceNames)."
      refusals=$((refusals + 1)) && [ $refusals -lt 4 ] || again=1 ;;
    429) ;;
    4??) [ "$form" != json ] || again=1 ;;
  esac
  case $status:$form in :* | 401:* | *:json) ;; *)
    cause="$cause, with a body that is $form"
    remedy="Something answers in the API server's place, or cuts it off. $network" ;;
  esac
  return $again
}

while [ $tries -lt 9 ]; do
  tries=$((tries + 1))
  set -- GET "$collection/$name"
  request "$@"
  if [ "$status" = 200 ] && has form=json && has kind=Secret && has "name=$name"; then report; fi
  if [ "$status" = 404 ] && has form=json && has reason=NotFound; then
    [ -s "$dir/body" ] || compose >"$dir/body"
    set -- POST "$collection" "$dir/body"
    request "$@"
    # Whatever came, the next look says what is there.
    case $status in 201 | 409) made=$status cause="$what was not there after $status"; continue ;; esac
  fi
  explain "$@" || break
  aside sleep "$delay"
  [ "$delay" -ge 8 ] || delay=$((delay * 2))
done
fail "Gave up on $what at try $tries: $cause. $remedy"
