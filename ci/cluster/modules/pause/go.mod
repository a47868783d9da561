module chartgen/ci/cluster/pause

go 1.24
