#!/usr/bin/env bash
# The tests on a cluster: first those that share it, side by side, then those that taint or drain its nodes, one by one.
# run.sh starts it; the arguments are pytest's. On another Kubernetes than the first it is the short list of promises.
# WORKERS: how many tests at a time.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$HERE/settings.sh"
cd "$HERE/../.." || exit
NONE=5 # what pytest says when no test was chosen

chosen=()
[ "$CHARTGEN_KUBE" = 1.34 ] || chosen=(-m every_version)
"${PYTHON:-python3}" -m pytest -n "${WORKERS:-4}" --dist=loadfile --ignore=tests/cluster/alone "${chosen[@]}" tests/cluster "$@"
shared=$?
[ $shared -le 1 ] || [ $shared = $NONE ] || exit $shared
"${PYTHON:-python3}" -m pytest -n 0 "${chosen[@]}" tests/cluster/alone "$@"
alone=$?
[ $shared = 0 ] || [ $shared = $NONE ] || exit $shared
[ $alone != $NONE ] || exit $shared
exit $alone
