#!/usr/bin/env bash
# Run a command on a cluster, and leave none behind: run.sh COMMAND...
#
# With KUBECONFIG set it is that cluster, and nothing is built or started: its nodes must have the images (ci/cluster/
# images.py). Otherwise one is built (once), started, and stopped when the command has ended, however it ended.
# PYTHON: an interpreter that has the project's development environment. Exit 3: this machine cannot run a cluster.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$HERE/settings.sh"
: "${PYTHON:=python3}"

if [ -z "${KUBECONFIG:-}" ]; then
	"$HERE/up.sh" --check || exit
	trap '"$HERE/down.sh"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	"$PYTHON" -m ci.tools build helm-3 helm-4 || exit
	"$PYTHON" -m ci.cluster stage "$DIR" || exit
	KUBECONFIG=$("$HERE/up.sh") || exit
fi
# A name of our own, so that tests never run on a cluster that somebody merely has a KUBECONFIG for.
export KUBECONFIG CHARTGEN_KUBECONFIG=$KUBECONFIG CHARTGEN_REQUIRE=${CHARTGEN_REQUIRE:-cluster}
"$@"
