#!/usr/bin/env bash
# Run a command on a cluster, and leave none behind: run.sh COMMAND...
#
# With KUBECONFIG set it is that cluster, and nothing is built or started: its nodes must have the stand-in images
# (CONTRIBUTING.md says how). Otherwise one is built (once), started, and stopped when the command has ended, however it
# ended; one that make cluster-up started is used and stays.
# PYTHON: an interpreter that has the project's development environment. Exit 3: this machine cannot run a cluster.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$HERE/settings.sh"
export PYTHON=${PYTHON:-python3}
# A name of our own, so that tests never run on a cluster that somebody merely has a KUBECONFIG for.
on() { # KUBECONFIG WHAT-IS-DEMANDED COMMAND...
	local config=$1 demanded=$2
	shift 2
	KUBECONFIG=$config CHARTGEN_KUBECONFIG=$config CHARTGEN_REQUIRE=${CHARTGEN_REQUIRE:-$demanded} "$@"
}

if [ -n "${KUBECONFIG:-}" ]; then
	on "$KUBECONFIG" cluster "$@"
	exit
fi
# No child keeps the lock, or the cluster itself would.
exec 9>"$DIR.lock"
flock --nonblock 9 || refuse "another run has cluster $CHARTGEN_CLUSTER: wait for it, or set CHARTGEN_CLUSTER to another number"
"$HERE/up.sh" --check 9>&- || exit
if ! pid_of apiserver >/dev/null; then
	trap '"$HERE/down.sh" 9>&-' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
fi
(cd "$HERE/../.." && "$PYTHON" -m ci.tools build helm-3.18 helm-3 helm-4) 9>&- || exit
config=$("$HERE/up.sh" 9>&-) || exit
export CHARTGEN_KUBE CHARTGEN_CLUSTER_DIR
on "$config" cluster,own-cluster "$@" 9>&-
