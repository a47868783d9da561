# Sourced by up.sh and down.sh: where things are, and what is started and stopped.
# shellcheck shell=bash disable=SC2034 # used by those who source it
: "${CHARTGEN_CLUSTER_DIR:=${TMPDIR:-/tmp}/chartgen-cluster}"
: "${NODES:=2}"
: "${NET:=10.231.0}"     # bridge on the host: .1 is the control plane, .10+N is node N
: "${POD_NET:=10.244}"   # node N has POD_NET.N.0/24
: "${SERVICE_NET:=10.96}" # Services have SERVICE_NET.0.0/16
: "${API_PORT:=6443}"
: "${ETCD_PORT:=12379}"
: "${BRIDGE:=chartgen0}"
: "${WAIT:=300}"                 # seconds until something that must become ready is given up
: "${UNPRIVILEGED_PORTS:=false}" # true: any user may bind port 80, as newer containerds have it

DIR=$CHARTGEN_CLUSTER_DIR
BIN=$DIR/bin PKI=$DIR/pki CONFIGS=$DIR/kubeconfig RUN=$DIR/run LOGS=$DIR/logs IMAGES=$DIR/images
API=https://$NET.1:$API_PORT FIRST_SERVICE=$SERVICE_NET.0.1 DNS=$SERVICE_NET.0.10
export PATH=$BIN:$PATH:/usr/sbin:/sbin

say() { printf '%5ds %s\n' "$SECONDS" "$*" >&2; }
refuse() { printf 'chartgen cluster: %s\n' "$*" >&2; exit 3; } # the machine cannot run it; nothing was started

# A process is ours when both its id and its start time are those written down: ids are used again.
born() { awk '{print $22}' "/proc/$1/stat" 2>/dev/null; }
pid_of() { # NAME: its id, if that very process lives
	local pid since
	[ -s "$RUN/$1.pid" ] && read -r pid since <"$RUN/$1.pid" && [ "$(born "$pid")" = "$since" ] &&
		[ "$(awk '{print $3}' "/proc/$pid/stat")" != Z ] && echo "$pid"
}
start() { # NAME COMMAND...: in the background, in a session of its own
	local name=$1 pid
	shift
	pid_of "$name" >/dev/null && return 0
	setsid "$@" >>"$LOGS/$name.log" 2>&1 </dev/null &
	pid=$!
	printf '%s %s\n' "$pid" "$(born "$pid")" >"$RUN/$name.pid"
}
stop() { # NAME
	local pid
	pid=$(pid_of "$1") || { rm -f "$RUN/$1.pid"; return 0; }
	kill -TERM "$pid"
	for _ in $(seq 100); do pid_of "$1" >/dev/null || break; sleep 0.1; done
	if pid_of "$1" >/dev/null; then kill -KILL "$pid"; fi
	rm -f "$RUN/$1.pid"
}
