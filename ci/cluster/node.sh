#!/usr/bin/env bash
# One node of the test cluster, in its own network and mount namespace: started by up.sh, stays in the foreground.
# A mount namespace, so that its mounts go with its last process, and so that the same host path is another directory
# on another node, as in real life.
#
#   node.sh N
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$HERE/settings.sh"
n=$1 N=$DIR/nodes/node$1 space=$BRIDGE-$1
socket=$N/containerd.sock

mount --make-rprivate /
mount --make-rshared /
mkdir -p "$N/cni.d" "$N/containerd" "$N/state" "$N/kubelet" "$N/volumes" "$N/ipam" "$N/hostpath" "$DIR/shared"
mkdir -p /opt/local-path-provisioner /opt/local-path-shared /tmp/hostpath_pv
mount --bind "$N/volumes" /opt/local-path-provisioner
mount --bind "$DIR/shared" /opt/local-path-shared # the one folder that all nodes have
mount --bind "$N/hostpath" /tmp/hostpath_pv

# restrict_oom_score_adj: a machine without CAP_SYS_RESOURCE may not lower a score, and no pod would start.
cat >"$N/containerd.toml" <<TOML
version = 2
root = "$N/containerd"
state = "$N/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[grpc]
  address = "$socket"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "chartgen.test/pause:local"
  netns_mounts_under_state_dir = true
  enable_unprivileged_ports = $UNPRIVILEGED_PORTS
  restrict_oom_score_adj = true
  max_container_log_line_size = -1
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$N/cni.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
TOML
cat >"$N/cni.d/10-bridge.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$N/ipam", "ranges": [[{"subnet": "$POD_NET.$n.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
printf 'nameserver %s\n' "$NET.1" >"$N/resolv.conf" # what pods with dnsPolicy Default see: nobody answers there
cat >"$N/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $PKI/node$n.crt
tlsPrivateKeyFile: $PKI/node$n.key
containerRuntimeEndpoint: unix://$socket
cgroupDriver: cgroupfs
cgroupRoot: /$space
failCgroupV1: false
failSwapOn: false
clusterDomain: cluster.local
clusterDNS: [$DNS]
resolvConf: $N/resolv.conf
volumePluginDir: $N/kubelet/volume-plugins
podLogsDir: $N/pod-logs
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
shutdownGracePeriod: 0s
nodeStatusUpdateFrequency: 5s
syncFrequency: 10s
serverTLSBootstrap: false
YAML
cat >"$N/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $CONFIGS/proxy}
clusterCIDR: $POD_NET.0.0/16
hostnameOverride: node$n
conntrack: {maxPerCore: 0}
YAML
# cgroup v1: the kubelet wants its root to be there in every controller, with processors to give away.
for controller in /sys/fs/cgroup/*/; do
	mkdir -p "$controller/$space" 2>/dev/null || continue
	if [ -e "$controller/cpuset.cpus" ]; then
		cat "$controller/cpuset.cpus" >"$controller/$space/cpuset.cpus"
		cat "$controller/cpuset.mems" >"$controller/$space/cpuset.mems"
	fi
done

containerd --config "$N/containerd.toml" >>"$LOGS/node$n-containerd.log" 2>&1 &
containerd=$!
for _ in $(seq 300); do ctr -a "$socket" version >/dev/null 2>&1 && break; sleep 0.1; done
for image in "$IMAGES"/*.tar; do ctr -a "$socket" -n k8s.io images import "$image" >/dev/null; done
kube-proxy --config "$N/proxy.yaml" >>"$LOGS/node$n-proxy.log" 2>&1 &
proxy=$!
kubelet --config "$N/kubelet.yaml" --kubeconfig "$CONFIGS/node$n" --root-dir "$N/kubelet" --hostname-override "node$n" \
	--node-ip "$NET.$((10 + n))" --cert-dir "$N/kubelet/pki" >>"$LOGS/node$n-kubelet.log" 2>&1 &
kubelet=$!
trap 'kill $kubelet $proxy $containerd 2>/dev/null' TERM INT
wait -n $kubelet $proxy $containerd || true
kill $kubelet $proxy $containerd 2>/dev/null || true
wait
