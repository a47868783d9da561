#!/usr/bin/env bash
# Stop the test cluster: only what up.sh started, each process by its id. A second run finds nothing and says so.
#
#   down.sh            stop everything and delete its state (what was built stays in the cache)
#   down.sh --keep     stop everything, keep the state: up.sh goes on with it
#   down.sh --node N   stop node N alone, as if it lost power
#   down.sh --dead     delete the state of one that was killed; exit 3 when any of its processes lives
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$HERE/settings.sh"

# Containers and their shims outlive containerd. The first are found in the node's cgroup, the second by a path of the
# node in their command line.
node_pids() { # N
	local process
	find "/sys/fs/cgroup/pids/$BRIDGE-$1" -name cgroup.procs -exec cat {} + 2>/dev/null
	for process in /proc/[0-9]*; do
		case " $({ tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null)" in
			*" -address $DIR/nodes/node$1/containerd.sock "* | *" --config $DIR/nodes/node$1/"*) echo "${process#/proc/}" ;;
		esac
	done
}
stop_node() { # N
	local signal pids
	stop "node$1"
	for signal in TERM KILL KILL KILL; do
		pids=$(node_pids "$1")
		[ -n "$pids" ] || break
		# shellcheck disable=SC2086 # an id is a word
		kill "-$signal" $pids 2>/dev/null
		for _ in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(node_pids "$1")" ] || break; sleep 0.1; done
	done
	for _ in 1 2 3; do # from the leaves up; a container's may take a moment to empty
		find /sys/fs/cgroup/*/"$BRIDGE-$1" -depth -type d -exec rmdir {} + 2>/dev/null && break
		sleep 0.2
	done
	if [ -e "/run/netns/$BRIDGE-$1" ]; then nsenter --net="/run/netns/$BRIDGE-$1" ip link del cni0 2>/dev/null; fi
	pids=$(node_pids "$1")
	[ -z "$pids" ] || { printf 'chartgen cluster: node%s: still running: %s\n' "$1" "$pids" >&2; return 1; }
	rm -rf --one-file-system "$DIR/nodes/node$1/state" "$DIR/nodes/node$1/ipam"
}

alive() { # what of the cluster lives
	local name folder
	for name in scheduler controller-manager apiserver etcd; do pid_of $name >/dev/null && echo "$name"; done
	for folder in "$DIR"/nodes/node*; do
		[ -z "$(pid_of "${folder##*/}")" ] || echo "${folder##*/}"
		[ -z "$(node_pids "${folder##*/node}")" ] || echo "containers of ${folder##*/}"
	done
}

if [ "${1:-}" = --node ]; then stop_node "$2"; exit; fi
if [ "${1:-}" = --dead ] && [ -n "$(alive)" ]; then
	refuse "cluster $CHARTGEN_CLUSTER lives ($(alive | paste -sd, | sed 's/,/, /g')): make cluster-down stops it"
fi
status=0
for folder in "$DIR"/nodes/node*; do
	[ -d "$folder" ] || continue
	stop_node "${folder##*/node}" || status=1
done
for name in scheduler controller-manager apiserver etcd; do stop "$name"; done
for space in /run/netns/"$BRIDGE"-*; do
	[ -e "$space" ] || continue
	ip netns del "${space##*/}"
	ip link del "${space##*/}" 2>/dev/null
done
ip link del "$BRIDGE" 2>/dev/null
[ "${1:-}" = --keep ] || [ $status != 0 ] || rm -rf --one-file-system "$DIR"
exit $status
