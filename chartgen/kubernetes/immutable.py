"""Fields that an API server refuses to change, by group and kind, as data.

Read from the source of Kubernetes 1.34.10, which is named beside each line: pkg/apis/*/validation (here by
the package: `core`, `apps`), strategies under pkg/registry, and apiextensions-apiserver. What only a newer
server allows to change (`revisionHistoryLimit` of a StatefulSet) is here too: charts are for older ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chartgen.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

Key = tuple[str, str]  # API group without version, kind


class Fields(Frozen):
    """The paths `within` cannot change, but for what is at or below one of `but`."""

    within: tuple[str, ...]
    but: tuple[str, ...] = ()
    source: str = ""

    def has(self, path: str) -> bool:
        """Whether `path`, as `manifest.differences` writes it, is one that cannot change."""
        return any(_below(path, top) for top in self.within) and not any(
            _below(path, top) for top in self.but
        )


def _below(path: str, top: str) -> bool:
    return path == top or path.startswith((f"{top}.", f"{top}["))


_JOB_BUT = (
    "spec.parallelism",
    "spec.activeDeadlineSeconds",
    "spec.backoffLimit",
    "spec.ttlSecondsAfterFinished",
    "spec.suspend",
    "spec.maxFailedIndexes",
    "spec.podReplacementPolicy",
)
_SET_BUT = (
    "spec.replicas",
    "spec.ordinals",
    "spec.template",
    "spec.updateStrategy",
    "spec.persistentVolumeClaimRetentionPolicy",
    "spec.minReadySeconds",
)
_VOLUME_BUT = (
    "spec.capacity",
    "spec.accessModes",
    "spec.persistentVolumeReclaimPolicy",
    "spec.mountOptions",
    "spec.claimRef",
    "spec.storageClassName",
    "spec.volumeAttributesClassName",
)
IMMUTABLE: Mapping[Key, Fields] = {
    ("apps", "Deployment"): Fields(("spec.selector",), (), "apps.ValidateDeploymentUpdate, strategy"),
    ("apps", "ReplicaSet"): Fields(("spec.selector",), (), "apps.ValidateReplicaSetUpdate"),
    ("apps", "DaemonSet"): Fields(("spec.selector",), (), "apps.ValidateDaemonSetSpecUpdate"),
    ("apps", "StatefulSet"): Fields(("spec",), _SET_BUT, "apps.ValidateStatefulSetUpdate"),
    ("apps", "ControllerRevision"): Fields(("data",), (), "apps.ValidateControllerRevisionUpdate"),
    ("batch", "Job"): Fields(("spec",), _JOB_BUT, "batch.ValidateJobSpecUpdate"),
    ("", "Pod"): Fields(("spec",), ("spec.activeDeadlineSeconds",), "core.ValidatePodUpdate"),
    ("", "PersistentVolumeClaim"): Fields(
        ("spec", "metadata.annotations[volume.beta.kubernetes.io/storage-class]"),
        ("spec.resources.requests", "spec.volumeAttributesClassName"),
        "core.ValidatePersistentVolumeClaimUpdate",
    ),
    ("", "PersistentVolume"): Fields(("spec",), _VOLUME_BUT, "core.ValidatePersistentVolumeUpdate"),
    ("", "Service"): Fields(
        (
            "spec.clusterIP",
            "spec.clusterIPs",
            "spec.ipFamilies",
            "spec.loadBalancerClass",
            "spec.healthCheckNodePort",
        ),
        (),
        "core.ValidateServiceUpdate",
    ),
    ("", "Secret"): Fields(("type",), (), "core.ValidateSecretUpdate"),
    ("", "ResourceQuota"): Fields(("spec.scopes",), (), "core.ValidateResourceQuotaUpdate"),
    ("rbac.authorization.k8s.io", "RoleBinding"): Fields(("roleRef",), (), "rbac.ValidateRoleBindingUpdate"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): Fields(
        ("roleRef",), (), "rbac.ValidateClusterRoleBindingUpdate"
    ),
    ("storage.k8s.io", "StorageClass"): Fields(
        ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
        (),
        "storage.ValidateStorageClassUpdate",
    ),
    ("storage.k8s.io", "CSIDriver"): Fields(
        ("spec.attachRequired", "spec.volumeLifecycleModes"), (), "storage.ValidateCSIDriverUpdate"
    ),
    ("storage.k8s.io", "CSIStorageCapacity"): Fields(
        ("nodeTopology", "storageClassName"), (), "storage.ValidateCSIStorageCapacityUpdate"
    ),
    ("storage.k8s.io", "VolumeAttachment"): Fields(("spec",), (), "storage.ValidateVolumeAttachmentUpdate"),
    ("storage.k8s.io", "VolumeAttributesClass"): Fields(
        ("driverName", "parameters"), (), "storage.ValidateVolumeAttributesClassUpdate"
    ),
    ("scheduling.k8s.io", "PriorityClass"): Fields(
        ("value", "preemptionPolicy"), (), "scheduling.ValidatePriorityClassUpdate"
    ),
    ("node.k8s.io", "RuntimeClass"): Fields(("handler",), (), "node.ValidateRuntimeClassUpdate"),
    ("networking.k8s.io", "IngressClass"): Fields(
        ("spec.controller",), (), "networking.ValidateIngressClassUpdate"
    ),
    ("networking.k8s.io", "IPAddress"): Fields(("spec.parentRef",), (), "networking.ValidateIPAddressUpdate"),
    ("networking.k8s.io", "ServiceCIDR"): Fields(("spec.cidrs",), (), "networking.ValidateServiceCIDRUpdate"),
    ("discovery.k8s.io", "EndpointSlice"): Fields(
        ("addressType",), (), "discovery.ValidateEndpointSliceUpdate"
    ),
    ("certificates.k8s.io", "CertificateSigningRequest"): Fields(
        ("spec",), (), "registry/certificates/certificates/strategy"
    ),
    ("certificates.k8s.io", "ClusterTrustBundle"): Fields(
        ("spec.signerName",), (), "certificates.ValidateClusterTrustBundleUpdate"
    ),
    ("resource.k8s.io", "ResourceClaim"): Fields(("spec",), (), "resource.ValidateResourceClaimUpdate"),
    ("resource.k8s.io", "ResourceClaimTemplate"): Fields(
        ("spec",), (), "resource.ValidateResourceClaimTemplateUpdate"
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Fields(
        ("spec.scope", "spec.group", "spec.names.kind", "spec.names.plural"),
        (),
        "apiextensions.validateCustomResourceDefinitionSpecUpdate",
    ),
    # Custom resources that charts use, whose own definitions refuse a change.
    ("snapshot.storage.k8s.io", "VolumeSnapshot"): Fields(
        ("spec.source",), (), "kubernetes-csi/external-snapshotter, the definition's rules"
    ),
    ("snapshot.storage.k8s.io", "VolumeSnapshotContent"): Fields(
        ("spec.source", "spec.sourceVolumeMode"), (), "the same"
    ),
}
# Once `immutable: true`, it stays, and so does the data (core.ValidateSecretUpdate, ValidateConfigMapUpdate).
SEALED: Mapping[Key, Fields] = {
    ("", "Secret"): Fields(("immutable", "data", "stringData")),
    ("", "ConfigMap"): Fields(("immutable", "data", "binaryData")),
}
# Kubernetes' own kinds of which everything may change.
_FREE = """
v1/ConfigMap v1/Namespace v1/ServiceAccount v1/LimitRange v1/Endpoints v1/ReplicationController v1/PodTemplate
batch/CronJob autoscaling/HorizontalPodAutoscaler policy/PodDisruptionBudget
networking.k8s.io/Ingress networking.k8s.io/NetworkPolicy
rbac.authorization.k8s.io/Role rbac.authorization.k8s.io/ClusterRole
admissionregistration.k8s.io/ValidatingWebhookConfiguration
admissionregistration.k8s.io/MutatingWebhookConfiguration
admissionregistration.k8s.io/ValidatingAdmissionPolicy
admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding
apiregistration.k8s.io/APIService coordination.k8s.io/Lease flowcontrol.apiserver.k8s.io/FlowSchema
flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration
"""
FREE = frozenset(
    (group if group != "v1" else "", kind) for group, _, kind in (w.partition("/") for w in _FREE.split())
)
# Groups of custom resources whose definitions have no rule against a change, as far as charts use them.
FREE_GROUPS = frozenset(
    "monitoring.coreos.com gateway.networking.k8s.io external-secrets.io traefik.io keda.sh "
    "autoscaling.k8s.io networking.istio.io security.istio.io bitnami.com".split()
)
# What a server fills in. A field that is absent on one side, and has this value on the other, is no change.
# Source: SetDefaults_* of pkg/apis/core/v1, apps/v1, batch/v1, storage/v1.
_POD = r"(.*\.)?template\.spec"
_CONTAINER = rf"{_POD}\.(initC|c)ontainers\[\d+\]"
DEFAULTS: tuple[tuple[str, Any], ...] = (
    (r"spec\.podManagementPolicy", "OrderedReady"),
    (r"spec\.volumeMode", "Filesystem"),
    (r"spec\.volumeClaimTemplates\[\d+\]\.spec\.volumeMode", "Filesystem"),
    (r"spec\.volumeClaimTemplates\[\d+\]\.apiVersion", "v1"),
    (r"spec\.volumeClaimTemplates\[\d+\]\.kind", "PersistentVolumeClaim"),
    (r"spec\.revisionHistoryLimit", 10),
    (r"spec\.completionMode", "NonIndexed"),
    (r"spec\.completions", 1),
    (r"spec\.parallelism", 1),
    (r"spec\.manualSelector", False),
    (r"spec\.clusterIP", ""),
    (r"type", "Opaque"),
    (r"reclaimPolicy", "Delete"),
    (r"volumeBindingMode", "Immediate"),
    (r"preemptionPolicy", "PreemptLowerPriority"),
    (r"spec\.attachRequired", True),
    (r"roleRef\.apiGroup", "rbac.authorization.k8s.io"),
    (rf"{_POD}\.terminationGracePeriodSeconds", 30),
    (rf"{_POD}\.dnsPolicy", "ClusterFirst"),
    (rf"{_POD}\.schedulerName", "default-scheduler"),
    (rf"{_POD}\.securityContext", {}),
    (rf"{_POD}\.enableServiceLinks", True),
    (rf"{_POD}\.host(Network|PID|IPC)", False),
    (rf"{_CONTAINER}\.terminationMessagePath", "/dev/termination-log"),
    (rf"{_CONTAINER}\.terminationMessagePolicy", "File"),
    (rf"{_CONTAINER}\.resources", {}),
    (rf"{_CONTAINER}\.ports\[\d+\]\.protocol", "TCP"),
)


def fields(group: str, kind: str) -> Fields | None:
    """What cannot change of a kind; None when nothing is known about it."""
    key = (group, kind)
    if key in IMMUTABLE:
        return IMMUTABLE[key]
    return Fields(()) if key in FREE or group in FREE_GROUPS else None


def is_default(path: str, value: Any) -> bool:
    """Whether `value` is what a server puts at `path` when nothing is said."""
    return any(default == value and re.fullmatch(pattern, path) for pattern, default in DEFAULTS)
