import { validatingWebhookConfiguration } from './admissionregistration/validating-webhook-configuration/validating-webhook-configuration.resource.js';
import { mutatingWebhookConfiguration } from './admissionregistration/mutating-webhook-configuration/mutating-webhook-configuration.resource.js';
import { validatingAdmissionPolicy } from './admissionregistration/validating-admission-policy/validating-admission-policy.resource.js';
import { validatingAdmissionPolicyBinding } from './admissionregistration/validating-admission-policy-binding/validating-admission-policy-binding.resource.js';
import { mutatingAdmissionPolicy } from './admissionregistration/mutating-admission-policy/mutating-admission-policy.resource.js';
import { mutatingAdmissionPolicyBinding } from './admissionregistration/mutating-admission-policy-binding/mutating-admission-policy-binding.resource.js';
import { controllerRevision } from './apps/controller-revision/controller-revision.resource.js';
import { daemonSet } from './apps/daemon-set/daemon-set.resource.js';
import { deployment } from './apps/deployment/deployment.resource.js';
import { replicaSet } from './apps/replica-set/replica-set.resource.js';
import { statefulSet } from './apps/stateful-set/stateful-set.resource.js';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler.resource.js';
import { cronJob } from './batch/cron-job/cron-job.resource.js';
import { job } from './batch/job/job.resource.js';
import { lease } from './coordination/lease/lease.resource.js';
import { configMap } from './core/config-map/config-map.resource.js';
import { endpoints } from './core/endpoints/endpoints.resource.js';
import { event } from './core/event/event.resource.js';
import { limitRange } from './core/limit-range/limit-range.resource.js';
import { namespace } from './core/namespace/namespace.resource.js';
import { node } from './core/node/node.resource.js';
import { persistentVolumeClaim } from './core/persistent-volume-claim/persistent-volume-claim.resource.js';
import { persistentVolume } from './core/persistent-volume/persistent-volume.resource.js';
import { podTemplate } from './core/pod-template/pod-template.resource.js';
import { pod } from './core/pod/pod.resource.js';
import { replicationController } from './core/replication-controller/replication-controller.resource.js';
import { resourceQuota } from './core/resource-quota/resource-quota.resource.js';
import { secret } from './core/secret/secret.resource.js';
import { serviceAccount } from './core/service-account/service-account.resource.js';
import { service } from './core/service/service.resource.js';
import { endpointSlice } from './discovery/endpoint-slice/endpoint-slice.resource.js';
import { flowSchema } from './flowcontrol/flow-schema/flow-schema.resource.js';
import { priorityLevelConfiguration } from './flowcontrol/priority-level-configuration/priority-level-configuration.resource.js';
import { podDisruptionBudget } from './policy/pod-disruption-budget/pod-disruption-budget.resource.js';
import { ingress } from './networking/ingress/ingress.resource.js';
import { ingressClass } from './networking/ingress-class/ingress-class.resource.js';
import { ipAddress } from './networking/ip-address/ip-address.resource.js';
import { networkPolicy } from './networking/network-policy/network-policy.resource.js';
import { runtimeClass } from './node/runtime-class/runtime-class.resource.js';
import { clusterRoleBinding } from './rbac/cluster-role-binding/cluster-role-binding.resource.js';
import { clusterRole } from './rbac/cluster-role/cluster-role.resource.js';
import { roleBinding } from './rbac/role-binding/role-binding.resource.js';
import { role } from './rbac/role/role.resource.js';
import { priorityClass } from './scheduling/priority-class/priority-class.resource.js';
import { csiDriver } from './storage/csi-driver/csi-driver.resource.js';
import { csiNode } from './storage/csi-node/csi-node.resource.js';
import { csiStorageCapacity } from './storage/csi-storage-capacity/csi-storage-capacity.resource.js';
import { storageClass } from './storage/storage-class/storage-class.resource.js';
import { volumeAttachment } from './storage/volume-attachment/volume-attachment.resource.js';
import { volumeAttributesClass } from './storage/volume-attributes-class/volume-attributes-class.resource.js';

/** The kinds with depth of their own, one folder each; every other kind follows from the API facts alone. */
export const fullDepth = [
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  horizontalPodAutoscaler,
  cronJob,
  job,
  lease,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  podTemplate,
  pod,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,
  endpointSlice,
  flowSchema,
  priorityLevelConfiguration,
  podDisruptionBudget,
  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,
  priorityClass,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
  ingress,
  ingressClass,
  ipAddress,
  networkPolicy,
  runtimeClass,
  validatingWebhookConfiguration,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
] as const;
