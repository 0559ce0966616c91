import type { KubeObject } from '@shiplog/domain';
import flowControl from './flow-control.json' with { type: 'json' };

export interface BootstrapSettings {
  readonly serviceCidr: string;
  /** First address of the Service range: the `kubernetes` Service. */
  readonly serviceAddress: string;
  /** Where the gateway is reached from inside; empty: not known, no endpoints are written. */
  readonly advertiseAddress: string;
  readonly port: number;
}

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const priorityClass = (name: string, value: number, description: string): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
});

const labels = { component: 'apiserver', provider: 'kubernetes' };

const service = ({ serviceAddress, port }: BootstrapSettings): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default', labels },
  spec: {
    type: 'ClusterIP',
    clusterIP: serviceAddress,
    clusterIPs: [serviceAddress],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
  },
});

const endpoints = ({ advertiseAddress, port }: BootstrapSettings): KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  },
];

const loopback = /^(127\.|::1$|localhost$)/;

/** What every cluster has from its first moment, in the order in which it is created. */
export const bootstrapObjects = (settings: BootstrapSettings): readonly KubeObject[] => [
  ...['kube-system', 'kube-public', 'kube-node-lease', 'default'].map(namespace),
  priorityClass('system-node-critical', 2_000_001_000, 'For pods without which their node does not work.'),
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'For pods without which the cluster does not work; they may move to another node.',
  ),
  ...(flowControl as KubeObject[]),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [settings.serviceCidr] },
  },
  service(settings),
  ...(settings.advertiseAddress === '' || loopback.test(settings.advertiseAddress) ? [] : endpoints(settings)),
];
