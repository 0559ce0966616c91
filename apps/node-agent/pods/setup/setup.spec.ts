import type { Container, PodSpec, Service } from '@shiplog/domain';
import { aContainer, aPod } from '../../testing/pods.js';
import { defaultPolicy, isReference } from '../image-pull.js';
import { qosClassOf } from '../qos-class.js';
import { cgroupParent, cgroupResources } from './cgroup-resources.js';
import { containerSecurity } from './container-security.js';
import { dnsConfig, parseResolvConf } from './dns-config.js';
import { resourceValue } from './downward-api.js';
import { environmentVariables } from './env-vars.js';
import { expand } from './expansion.js';
import { hostsFile } from './hosts-file.js';
import { podOfLogFolder } from './pod-paths.js';
import type { ReferencedObjects } from './referenced-objects.js';
import { lastLines } from './termination-message.js';

describe('expand', () => {
  const values: Record<string, string> = { A: 'a', EMPTY: '' };
  test.each([
    ['$(A)', 'a'],
    ['x$(A)$(A)y', 'xaay'],
    ['$(EMPTY)', ''],
    ['$(MISSING)', '$(MISSING)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$A $', '$A $'],
    ['$(A', '$(A'],
  ])('%s → %s', (text, expected) => expect(expand(text, (name) => values[name])).toBe(expected));
});

const objects: ReferencedObjects = {
  configMap: (_namespace, name) =>
    Promise.resolve(
      name === 'cm' ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { one: '1', two: '2' } } : undefined,
    ),
  secret: (_namespace, name) =>
    Promise.resolve(
      name === 'sec'
        ? { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { key: Buffer.from('hidden').toString('base64') } }
        : undefined,
    ),
};
const service = (name: string, namespace: string, clusterIP = '10.96.0.7'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
});

function variables(container: Partial<Container>, spec: Partial<PodSpec> = {}, services: Service[] = []) {
  return environmentVariables({
    container: aContainer('app', container),
    pod: aPod(spec, undefined, { labels: { app: 'web' }, annotations: { note: 'x' } }),
    podIps: ['10.201.0.2'],
    nodeIps: ['10.200.0.2'],
    allocatable: { cpu: '2', memory: '1Gi' },
    services,
    objects,
  }).then(Object.fromEntries);
}

describe('environmentVariables', () => {
  const from = (valueFrom: NonNullable<NonNullable<Container['env']>[number]['valueFrom']>) => ({
    env: [{ name: 'X', valueFrom }],
  });
  test.each<[string, Partial<Container>, Record<string, string>]>([
    [
      'values refer to earlier ones',
      {
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '$(A)b' },
          { name: 'C', value: '$(D)' },
        ],
      },
      { A: 'a', B: 'ab', C: '$(D)' },
    ],
    ['a field', from({ fieldRef: { fieldPath: 'metadata.name' } }), { X: 'web' }],
    ['a label', from({ fieldRef: { fieldPath: "metadata.labels['app']" } }), { X: 'web' }],
    ['the address', from({ fieldRef: { fieldPath: 'status.podIP' } }), { X: '10.201.0.2' }],
    ['a ConfigMap key', from({ configMapKeyRef: { name: 'cm', key: 'one' } }), { X: '1' }],
    ['an optional key that is missing', from({ configMapKeyRef: { name: 'cm', key: 'three', optional: true } }), {}],
    ['a Secret key', from({ secretKeyRef: { name: 'sec', key: 'key' } }), { X: 'hidden' }],
    [
      'a whole ConfigMap, its own variables winning',
      { envFrom: [{ prefix: 'P_', configMapRef: { name: 'cm' } }], env: [{ name: 'P_one', value: 'mine' }] },
      { P_one: 'mine', P_two: '2' },
    ],
    ['an optional ConfigMap that is missing', { envFrom: [{ configMapRef: { name: 'none', optional: true } }] }, {}],
    [
      'a limit that is not set: what the node has',
      from({ resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }),
      { X: '1024' },
    ],
  ])('%s', async (_, container, expected) => expect(await variables(container)).toEqual(expected));

  test.each<[Partial<Container>, string]>([
    [from({ configMapKeyRef: { name: 'none', key: 'a' } }), 'configmap "none" not found'],
    [from({ configMapKeyRef: { name: 'cm', key: 'a' } }), "couldn't find key a in ConfigMap default/cm"],
    [from({ secretKeyRef: { name: 'none', key: 'a' } }), 'secret "none" not found'],
    [from({ secretKeyRef: { name: 'sec', key: 'a' } }), "couldn't find key a in Secret default/sec"],
    [{ envFrom: [{ secretRef: { name: 'none' } }] }, 'secret "none" not found'],
  ])('%j fails', async (container, message) =>
    expect(variables(container)).rejects.toMatchObject({ reason: 'CreateContainerConfigError', message }),
  );

  it('tells of Services in the namespace, and of the API always', async () => {
    const services = [
      service('my-web', 'default'),
      service('other', 'elsewhere'),
      service('kubernetes', 'default', '10.96.0.1'),
      service('headless', 'default', 'None'),
    ];
    expect(await variables({}, {}, services)).toMatchObject({
      MY_WEB_SERVICE_HOST: '10.96.0.7',
      MY_WEB_SERVICE_PORT: '80',
      MY_WEB_SERVICE_PORT_HTTP: '80',
      MY_WEB_PORT: 'tcp://10.96.0.7:80',
      MY_WEB_PORT_80_TCP_ADDR: '10.96.0.7',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
    });
    const without = await variables({}, { enableServiceLinks: false }, services);
    expect(Object.keys(without).every((name) => name.startsWith('KUBERNETES_'))).toBe(true);
  });
});

describe('resources', () => {
  const container = aContainer('app', {
    resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '1500m', memory: '128Mi' } },
  });

  test.each([
    ['limits.cpu', undefined, '2'],
    ['limits.cpu', '1m', '1500'],
    ['requests.cpu', '1', '1'],
    ['requests.memory', '1', String(64 * 2 ** 20)],
    ['limits.memory', '1Mi', '128'],
    ['limits.ephemeral-storage', '1Gi', '10'],
  ])('%s in %s is %s', (resource, divisor, expected) =>
    expect(resourceValue({ resource, divisor }, container, { 'ephemeral-storage': '10Gi' })).toBe(expected),
  );

  it('become weight, quota and limit of a control group', () => {
    expect(cgroupResources(aPod({ containers: [container] }), container, 2 ** 30)).toEqual({
      cpuShares: 256,
      cpuPeriod: 100_000,
      cpuQuota: 150_000,
      memoryLimitBytes: 128 * 2 ** 20,
      oomScoreAdj: 937,
    });
    expect(cgroupResources(aPod(), aContainer('app'), 2 ** 30)).toEqual({ cpuShares: 2, oomScoreAdj: 1000 });
  });

  const both = { cpu: '1', memory: '1Gi' };
  test.each<[string, Container['resources']]>([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: '1' } }],
    ['Burstable', { requests: { cpu: '500m', memory: '1Gi' }, limits: both }],
    ['Guaranteed', { requests: both, limits: both }],
    ['Guaranteed', { limits: both }],
  ])('%s: %j', (expected, resources) =>
    expect(qosClassOf({ containers: [aContainer('app', { resources })] })).toBe(expected),
  );

  it('place the pod by its class', () => {
    expect(cgroupParent(aPod(), '/shiplog/n')).toBe('/shiplog/n/besteffort/poduid-web');
    expect(cgroupParent(aPod({}, { qosClass: 'Guaranteed' }), '/shiplog/n')).toBe('/shiplog/n/poduid-web');
  });
});

describe('containerSecurity', () => {
  const rootImage = { id: 'i', names: [], digests: [], sizeBytes: 0 };
  it('puts the container before the pod, and the pod before the image', () => {
    const pod = aPod({ securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4] } });
    const security = containerSecurity(pod, aContainer('app', { securityContext: { runAsUser: 9 } }), {
      ...rootImage,
      uid: 7,
    });
    expect(security).toMatchObject({
      runAsUser: 9,
      runAsGroup: 2,
      supplementalGroups: [4, 3],
      privileged: false,
      noNewPrivileges: false,
    });
    expect(security.maskedPaths).toContain('/proc/kcore');
    expect(containerSecurity(aPod(), aContainer('app'), { ...rootImage, uid: 7 }).runAsUser).toBe(7);
    expect(
      containerSecurity(aPod(), aContainer('app', { securityContext: { privileged: true } }), rootImage).maskedPaths,
    ).toEqual([]);
  });

  test.each<[string, NonNullable<Container['securityContext']>, object, string | undefined]>([
    ['root by the image', {}, {}, 'container has runAsNonRoot and image will run as root'],
    ['root by number', { runAsUser: 0 }, { uid: 5 }, "container's runAsUser breaks non-root policy"],
    [
      'a name',
      {},
      { userName: 'app' },
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root',
    ],
    ['a number of the image', {}, { uid: 5 }, undefined],
    ['a number of the pod', { runAsUser: 5 }, {}, undefined],
  ])('runAsNonRoot with %s', (_, context, image, complaint) => {
    const check = () =>
      containerSecurity(aPod(), aContainer('app', { securityContext: { ...context, runAsNonRoot: true } }), {
        ...rootImage,
        ...image,
      });
    if (complaint === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(complaint);
  });
});

describe('names', () => {
  const cluster = { server: '10.96.0.10', domain: 'cluster.local' };
  const host = parseResolvConf('# ours\nnameserver 1.1.1.1\nsearch lan home\noptions timeout:1 rotate\n');
  const ofCluster = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'lan', 'home'];

  test.each<[string, Partial<PodSpec>, { servers: string[]; searches: string[]; options: string[] }]>([
    ['ClusterFirst', {}, { servers: ['10.96.0.10'], searches: ofCluster, options: ['ndots:5'] }],
    [
      'ClusterFirst on the host network',
      { hostNetwork: true },
      { servers: ['1.1.1.1'], searches: ['lan', 'home'], options: ['timeout:1', 'rotate'] },
    ],
    [
      'ClusterFirstWithHostNet',
      { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
      { servers: ['10.96.0.10'], searches: ofCluster, options: ['ndots:5'] },
    ],
    [
      'None with its own',
      {
        dnsPolicy: 'None',
        dnsConfig: {
          nameservers: ['9.9.9.9'],
          searches: ['x'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      },
      { servers: ['9.9.9.9'], searches: ['x'], options: ['ndots:2', 'edns0'] },
    ],
    [
      'options replace by name',
      { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
      { servers: ['10.96.0.10'], searches: ofCluster, options: ['ndots:1'] },
    ],
  ])('%s', (_, spec, expected) => expect(dnsConfig(aPod(spec), cluster, host)).toEqual(expected));

  it('/etc/hosts names the pod and its aliases', () => {
    const file = hostsFile(
      aPod({ hostname: 'db-0', subdomain: 'db', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] }),
      ['10.201.0.2'],
      'cluster.local',
      '',
    );
    expect(file).toContain('# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n');
    expect(file).toContain('\n10.201.0.2\tdb-0.db.default.svc.cluster.local\tdb-0\n');
    expect(file).toContain('\n1.2.3.4\ta\tb\n');
    expect(hostsFile(aPod({ hostNetwork: true }), [], 'cluster.local', '127.0.0.1 node\n')).toBe(
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1 node\n',
    );
  });
});

describe('images', () => {
  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['localhost:5000/nginx', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['localhost:5000/team/nginx:1', 'IfNotPresent'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('%s is pulled %s by default', (reference, policy) => expect(defaultPolicy(reference)).toBe(policy));

  test.each([
    ['registry.k8s.io/pause:3.10', true],
    ['Nginx', false],
    ['nginx:', false],
    ['bad image', false],
    ['', false],
  ])('%j names an image: %s', (reference, expected) => expect(isReference(reference)).toBe(expected));
});

it('lastLines joins partial records of a log', () => {
  expect(lastLines('t stdout F one\nt stdout P tw\nt stderr F o three\n')).toBe('one\ntwo three\n');
});

it('podOfLogFolder takes the folder apart', () => {
  expect(podOfLogFolder('default_web-1_uid')).toEqual({ namespace: 'default', name: 'web-1', uid: 'uid' });
  expect(podOfLogFolder('lost+found')).toBeUndefined();
});
