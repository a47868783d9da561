#!/usr/bin/env bash
# Bring up a real Kubernetes on this machine: etcd, kube-apiserver, kube-controller-manager and kube-scheduler on the
# host, and NODES nodes in namespaces of their own, each with containerd, runc, kubelet and kube-proxy. CoreDNS and
# the local-path provisioner serve it. Prints the path of the KUBECONFIG.
#
#   up.sh            build what is missing, start what is not running; on a live cluster it changes nothing
#   up.sh --check    say whether this machine can run it, and start nothing
#
# PYTHON: an interpreter that has the project's development environment. After: down.sh. Settings: settings.sh.
# Exit 3: this machine cannot run it, and why; nothing was started. 1: it did not come up; all was stopped again.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$HERE/settings.sh"
umask 022

die() {
	say "FAILED: $*"
	rm -rf "$DIR.failed"
	cp -r "$LOGS" "$DIR.failed" 2>/dev/null || true
	say "logs: $DIR.failed"
	exit 1
}
ended() { # a cluster that did not come up whole is not left behind
	local status=$?
	[ $status = 0 ] || [ -z "${begun:-}" ] || "$HERE/down.sh" || true
	exit $status
}
wait_for() { # WHAT COMMAND...
	local what=$1 end=$((SECONDS + WAIT))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { "$@" >&2 || true; die "$what: not ready after $WAIT s"; }
		sleep 0.3
	done
	say "$what: ready"
}

# ---- What this machine must have
check_machine() {
	local program port controller
	[ "$(id -u)" = 0 ] || refuse "root is needed: nodes are namespaces. Or set KUBECONFIG to a cluster of yours."
	for controller in cpu cpuset memory pids; do
		[ -d /sys/fs/cgroup/$controller ] ||
			refuse "cgroup v1 is needed, /sys/fs/cgroup/$controller is not there. Or set KUBECONFIG to a cluster of yours."
	done
	for program in containerd runc ctr iptables ip nsenter openssl; do
		command -v $program >/dev/null || refuse "no $program: apt-get install $(grep -v '^#' "$HERE/packages.txt" | tr '\n' ' ')"
	done
	[ -x /usr/lib/cni/bridge ] || refuse "no CNI plugins: apt-get install containernetworking-plugins"
	pid_of apiserver >/dev/null && return 0
	[ -d "$HERE/modules/kube-$CHARTGEN_KUBE" ] ||
		refuse "CHARTGEN_KUBE=$CHARTGEN_KUBE: there are$(cd "$HERE/modules" && printf ' %s' kube-* | sed 's/kube-//g')"
	if ip link show "$BRIDGE" >/dev/null 2>&1 || compgen -G "$RUN/*.pid" >/dev/null || compgen -G "/run/netns/$BRIDGE-*" >/dev/null; then
		refuse "an earlier run left something behind: ci/cluster/down.sh (make cluster-down) clears it away"
	fi
	for port in "$API_PORT" $(seq "$PORTS" $((PORTS + 3))); do
		! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
			refuse "port $port is in use: stop who has it, or set API_PORT or PORTS, or CHARTGEN_CLUSTER to another number"
	done
}

# ---- Certificates
cert() { # FILE CN O [SAN]
	[ -s "$PKI/$1.crt" ] && return 0
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$PKI/$1.key" -subj "/O=$3/CN=$2" -out "$PKI/$1.csr" 2>/dev/null
	printf '%s\n' basicConstraints=CA:FALSE keyUsage=digitalSignature extendedKeyUsage=serverAuth,clientAuth \
		${4:+"subjectAltName=$4"} >"$PKI/$1.ext"
	openssl x509 -req -in "$PKI/$1.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -days 365 -extfile "$PKI/$1.ext" -out "$PKI/$1.crt" 2>/dev/null
}
kubeconfig() { # NAME
	[ -s "$CONFIGS/$1" ] && return 0
	(umask 077 && cat >"$CONFIGS/$1") <<-YAML
		apiVersion: v1
		kind: Config
		clusters: [{name: chartgen, cluster: {server: "$API", certificate-authority-data: $(base64 -w0 <"$PKI/ca.crt")}}]
		users: [{name: $1, user: {client-certificate-data: $(base64 -w0 <"$PKI/$1.crt"), client-key-data: $(base64 -w0 <"$PKI/$1.key")}}]
		contexts: [{name: chartgen, context: {cluster: chartgen, user: $1}}]
		current-context: chartgen
	YAML
}
certificates() {
	local n name
	if [ ! -s "$PKI/sa.pub" ]; then
		# kubernetes-client/python issue 2394: clients refuse a CA that does not say what its key is for
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$PKI/ca.key" -out "$PKI/ca.crt" -days 365 \
			-subj "/CN=chartgen-test" -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
		openssl genrsa -out "$PKI/sa.key" 2048 2>/dev/null
		openssl rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub" 2>/dev/null
	fi
	cert apiserver kube-apiserver kubernetes "IP:$NET.1,IP:$FIRST_SERVICE,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
	cert kubelet-client kube-apiserver-kubelet-client system:masters
	cert front-proxy front-proxy-client front-proxy
	cert admin admin system:masters
	cert controller-manager system:kube-controller-manager system:kube-controller-manager
	cert scheduler system:kube-scheduler system:kube-scheduler
	cert proxy system:kube-proxy system:node-proxier
	for n in $(seq "$NODES"); do cert "node$n" "system:node:node$n" system:nodes "DNS:node$n,IP:$NET.$((10 + n))"; done
	for name in admin controller-manager scheduler proxy $(seq -f 'node%.0f' "$NODES"); do kubeconfig "$name"; done
}

# ---- Network: a bridge on the host, a namespace for each node
network() {
	local n other space
	if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
		ip link add "$BRIDGE" type bridge
		ip addr add "$NET.1/24" dev "$BRIDGE"
		ip link set "$BRIDGE" up
	fi
	for n in $(seq "$NODES"); do
		space=$BRIDGE-$n
		if [ ! -e "/run/netns/$space" ]; then
			ip netns add "$space"
			ip link add "$space" type veth peer name eth0 netns "$space"
			ip link set "$space" master "$BRIDGE" up
			ip -n "$space" link set lo up
			ip -n "$space" addr add "$NET.$((10 + n))/24" dev eth0
			ip -n "$space" link set eth0 up
			ip -n "$space" route add default via "$NET.1"
			for other in $(seq "$NODES"); do
				[ "$other" = "$n" ] || ip -n "$space" route add "$POD_NET.$other.0/24" via "$NET.$((10 + other))"
			done
			nsenter --net="/run/netns/$space" sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
		fi
		ip route replace "$POD_NET.$n.0/24" via "$NET.$((10 + n))"
	done
	ip route replace "$SERVICE_NET.0.0/16" via "$NET.11" # Services from the host, through node 1
	[ "$(sysctl -n fs.inotify.max_user_instances)" -ge 1024 ] || sysctl -qw fs.inotify.max_user_instances=1024
}

# ---- Control plane
control_plane() {
	local etcd=http://127.0.0.1:$PORTS peer=http://127.0.0.1:$((PORTS + 1))
	# The state is thrown away with the cluster: a write need not survive a power cut.
	start etcd etcd --name test --data-dir "$DIR/etcd" --unsafe-no-fsync --log-level warn \
		--listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
		--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "test=$peer"
	start apiserver kube-apiserver --etcd-servers "$etcd" \
		--bind-address "$NET.1" --advertise-address "$NET.1" --secure-port "$API_PORT" \
		--tls-cert-file "$PKI/apiserver.crt" --tls-private-key-file "$PKI/apiserver.key" --client-ca-file "$PKI/ca.crt" \
		--kubelet-client-certificate "$PKI/kubelet-client.crt" --kubelet-client-key "$PKI/kubelet-client.key" \
		--kubelet-preferred-address-types InternalIP \
		--requestheader-client-ca-file "$PKI/ca.crt" --requestheader-allowed-names front-proxy-client \
		--requestheader-extra-headers-prefix X-Remote-Extra- --requestheader-group-headers X-Remote-Group \
		--requestheader-username-headers X-Remote-User \
		--proxy-client-cert-file "$PKI/front-proxy.crt" --proxy-client-key-file "$PKI/front-proxy.key" \
		--service-account-issuer https://kubernetes.default.svc.cluster.local \
		--service-account-key-file "$PKI/sa.pub" --service-account-signing-key-file "$PKI/sa.key" \
		--service-cluster-ip-range "$SERVICE_NET.0.0/16" --authorization-mode Node,RBAC \
		--enable-admission-plugins NodeRestriction --allow-privileged=true
	wait_for kube-apiserver kubectl get --raw /readyz
	start controller-manager kube-controller-manager --kubeconfig "$CONFIGS/controller-manager" \
		--authentication-kubeconfig "$CONFIGS/controller-manager" --authorization-kubeconfig "$CONFIGS/controller-manager" \
		--bind-address 127.0.0.1 --secure-port $((PORTS + 2)) --leader-elect=false --use-service-account-credentials \
		--service-account-private-key-file "$PKI/sa.key" --root-ca-file "$PKI/ca.crt" \
		--cluster-signing-cert-file "$PKI/ca.crt" --cluster-signing-key-file "$PKI/ca.key" \
		--service-cluster-ip-range "$SERVICE_NET.0.0/16" --enable-hostpath-provisioner \
		--node-monitor-period 2s --node-monitor-grace-period 40s
	start scheduler kube-scheduler --kubeconfig "$CONFIGS/scheduler" --authentication-kubeconfig "$CONFIGS/scheduler" \
		--authorization-kubeconfig "$CONFIGS/scheduler" --bind-address 127.0.0.1 --secure-port $((PORTS + 3)) --leader-elect=false
}

nodes() {
	local n
	for n in $(seq "$NODES"); do
		pid_of "node$n" >/dev/null && continue
		"$HERE/down.sh" --node "$n"
		mkdir -p "$DIR/nodes/node$n"
		start "node$n" nsenter --net="/run/netns/$BRIDGE-$n" unshare --mount --propagation private "$HERE/node.sh" "$n"
	done
	sed "s/@DNS@/$DNS/g" "$HERE/services.yaml" | kubectl apply -f - >/dev/null
	kubectl apply --server-side -f "$DIR/crds/" >/dev/null
	for n in $(seq "$NODES"); do wait_for "node$n registered" kubectl get node "node$n"; done
}
# From the host through kube-proxy of node 1 to CoreDNS and the API server: not from a status that a stopped cluster
# left behind.
dns_answers() {
	python3 - "$DNS" "$FIRST_SERVICE" <<-'PY'
		import socket, struct, sys
		labels = b"kubernetes.default.svc.cluster.local".split(b".")
		name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
		asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		asking.settimeout(1)
		asking.sendto(struct.pack(">6H", 7, 256, 1, 0, 0, 0) + name + struct.pack(">2H", 1, 1), (sys.argv[1], 53))
		assert asking.recv(512).endswith(socket.inet_aton(sys.argv[2]))
	PY
}

check_machine
[ "${1:-}" != --check ] || exit 0
if ! pid_of apiserver >/dev/null; then
	(cd "$HERE/../.." && "${PYTHON:-python3}" -m ci.cluster stage "$DIR" "$CHARTGEN_KUBE")
	begun=yes
fi
trap ended EXIT
trap 'exit 130' INT # without these the status at the end is that of the last command, which may be 0
trap 'exit 143' TERM
mkdir -p "$PKI" "$CONFIGS" "$RUN" "$LOGS"
chmod 700 "$PKI" "$CONFIGS"
certificates
export KUBECONFIG=$CONFIGS/admin
network
control_plane
nodes
wait_for nodes kubectl wait --for=condition=Ready node --all --timeout=5s
wait_for coredns kubectl -n kube-system rollout status deploy/coredns --timeout=5s
wait_for local-path-provisioner kubectl -n local-path-storage rollout status deploy/local-path-provisioner --timeout=5s
wait_for "cluster DNS" dns_answers
wait_for "default service account" kubectl get serviceaccount default
say "up: $(kubectl version 2>/dev/null | grep Server), $NODES nodes"
echo "$KUBECONFIG"
