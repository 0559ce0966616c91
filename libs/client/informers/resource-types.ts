import type {
  ClusterRole,
  ConfigMap,
  Deployment,
  Endpoints,
  EndpointSlice,
  Lease,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  ServiceAccount,
  StatefulSet,
} from '@shiplog/domain';
import { resourceType } from './resource-type.js';

export const configMaps = resourceType<ConfigMap>('', 'v1', 'ConfigMap', 'configmaps');
export const endpoints = resourceType<Endpoints>('', 'v1', 'Endpoints', 'endpoints');
export const namespaces = resourceType<Namespace>('', 'v1', 'Namespace', 'namespaces');
export const nodes = resourceType<Node>('', 'v1', 'Node', 'nodes');
export const pods = resourceType<Pod>('', 'v1', 'Pod', 'pods');
export const replicationControllers = resourceType<ReplicationController>(
  '',
  'v1',
  'ReplicationController',
  'replicationcontrollers',
);
export const services = resourceType<Service>('', 'v1', 'Service', 'services');
export const serviceAccounts = resourceType<ServiceAccount>('', 'v1', 'ServiceAccount', 'serviceaccounts');
export const deployments = resourceType<Deployment>('apps', 'v1', 'Deployment', 'deployments');
export const replicaSets = resourceType<ReplicaSet>('apps', 'v1', 'ReplicaSet', 'replicasets');
export const statefulSets = resourceType<StatefulSet>('apps', 'v1', 'StatefulSet', 'statefulsets');
export const leases = resourceType<Lease>('coordination.k8s.io', 'v1', 'Lease', 'leases');
export const endpointSlices = resourceType<EndpointSlice>('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices');
export const podDisruptionBudgets = resourceType<PodDisruptionBudget>(
  'policy',
  'v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const clusterRoles = resourceType<ClusterRole>('rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles');
