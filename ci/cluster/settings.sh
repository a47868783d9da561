# Sourced by the scripts here: where things are, and what is started and stopped.
# shellcheck shell=bash disable=SC2034 # used by those who source it

refuse() { printf 'chartgen cluster: %s\n' "$*" >&2; exit 3; } # the machine cannot run it; nothing was started

# Two clusters run side by side when their numbers differ: all that a machine has once follows from the number.
: "${CHARTGEN_KUBE:=1.34}" # a folder modules/kube-*
if [ "$CHARTGEN_KUBE" = 1.34 ]; then : "${CHARTGEN_CLUSTER:=0}"; else : "${CHARTGEN_CLUSTER:=1}"; fi
[[ $CHARTGEN_CLUSTER =~ ^[0-9]$ ]] || refuse "CHARTGEN_CLUSTER=$CHARTGEN_CLUSTER: a cluster has a number from 0 to 9"
N0=$CHARTGEN_CLUSTER
: "${CHARTGEN_CLUSTER_DIR:=${TMPDIR:-/tmp}/chartgen-cluster$([ "$N0" = 0 ] || echo "-$N0")}"
: "${NODES:=2}"
: "${NET:=10.231.$N0}"             # bridge on the host: .1 is the control plane, .10+N is node N
: "${POD_NET:=10.$((244 - N0))}"    # node N has POD_NET.N.0/24
: "${SERVICE_NET:=10.$((96 + N0))}" # Services have SERVICE_NET.0.0/16
: "${API_PORT:=6443}"              # at NET.1
: "${PORTS:=$((12379 + 10 * N0))}"  # at 127.0.0.1: etcd two, then one each for controller manager and scheduler
: "${BRIDGE:=chartgen$N0}"         # node N has BRIDGE-N as the name of its network namespace, link and cgroup
: "${WAIT:=300}"                 # seconds until something that must become ready is given up
: "${UNPRIVILEGED_PORTS:=false}" # true: any user may bind port 80, as newer containerds have it

DIR=$CHARTGEN_CLUSTER_DIR
BIN=$DIR/bin PKI=$DIR/pki CONFIGS=$DIR/kubeconfig RUN=$DIR/run LOGS=$DIR/logs IMAGES=$DIR/images
API=https://$NET.1:$API_PORT FIRST_SERVICE=$SERVICE_NET.0.1 DNS=$SERVICE_NET.0.10
export PATH=$BIN:$PATH:/usr/sbin:/sbin

say() { printf '%5ds %s\n' "$SECONDS" "$*" >&2; }

# A process is ours when both its id and its start time are those written down: ids are used again.
born() { awk '{print $22}' "/proc/$1/stat" 2>/dev/null; }
pid_of() { # NAME: its id, if that very process lives
	local pid since
	[ -s "$RUN/$1.pid" ] && read -r pid since <"$RUN/$1.pid" && [ "$(born "$pid")" = "$since" ] &&
		[ "$(awk '{print $3}' "/proc/$pid/stat")" != Z ] && echo "$pid"
}
start() { # NAME COMMAND...: in the background, in a session of its own
	local name=$1
	shift
	pid_of "$name" >/dev/null && return 0
	rm -f "$RUN/$name.pid"
	# It writes its own id down before it becomes the program: killing who starts it comes too early or too late.
	# shellcheck disable=SC2016 # for the inner shell
	setsid bash -c 'read -ra stat <"/proc/$$/stat"; echo "$$ ${stat[21]}" >"$0"; exec "$@"' \
		"$RUN/$name.pid" "$@" >>"$LOGS/$name.log" 2>&1 </dev/null &
	for _ in $(seq 100); do [ ! -s "$RUN/$name.pid" ] || break; sleep 0.02; done
}
stop() { # NAME
	local pid
	pid=$(pid_of "$1") || { rm -f "$RUN/$1.pid"; return 0; }
	kill -TERM "$pid"
	for _ in $(seq 100); do pid_of "$1" >/dev/null || break; sleep 0.1; done
	if pid_of "$1" >/dev/null; then kill -KILL "$pid"; fi
	rm -f "$RUN/$1.pid"
}
