// Lives of pods as events of the log: made, bound, running, deleted, made again under the same name. Pure, but for ids.
import { randomUUID } from 'node:crypto';
import { serializeObject } from '@shiplog/domain';

const stages = 10;
const last = stages - 1;

/** In which stage of a life the pod is in a round: all begin at once, and from then on they are of different ages. */
export const stageOf = (i, round) => (round === 0 ? 0 : (round + (i % last)) % stages);

const verbs = ['create', 'create', 'patch', 'patch', 'patch', 'patch', 'patch', 'patch', 'patch', 'delete'];
const conditions = ['PodScheduled', 'PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'];

export const pastNamespaces = 50;
export const pastKey = (i) => ({
  ...{ stream: 'RESOURCES', group: '', plural: 'pods' },
  namespace: `past-${i % pastNamespaces}`,
  name: `shop-${String((i * 2_654_435_761) % 4_294_967_296).padStart(10, '0')}-${i}`,
});

/** A pod that exists: a new uid, and the request that all of its life follows from. */
export const newLife = (i, now) => ({
  i,
  uid: randomUUID(),
  correlationId: randomUUID(),
  created: now.toISOString().replace(/\.\d+/, ''),
});

/** Event `stage` of a life. `cause` is the revision of the one before. */
export function pastEvent(life, stage, cause, now) {
  const key = pastKey(life.i);
  const node = `node-${life.i % 1_000}`;
  const byNode = stage > 1 && stage < last;
  const user =
    stage === 0
      ? 'system:serviceaccount:kube-system:replicaset-controller'
      : byNode
        ? `system:node:${node}`
        : 'system:kube-scheduler';
  return {
    type: stage === 0 ? 'created' : stage === last ? 'deleted' : 'updated',
    key,
    body: serializeObject(pod(key, life, stage, node, now)),
    context: {
      id: randomUUID(),
      source: 'api-gateway/bench',
      time: now.toISOString(),
      subject: `/api/v1/namespaces/${key.namespace}/pods/${key.name}${byNode ? '/status' : ''}`,
      user,
      groups: byNode ? ['system:nodes', 'system:authenticated'] : ['system:serviceaccounts', 'system:authenticated'],
      correlationId: life.correlationId,
      ...(cause === undefined ? {} : { causationId: `RESOURCES/${cause}` }),
      verb: verbs[stage],
      ...(byNode ? { subresource: 'status' } : {}),
      userAgent: 'shiplog/v0.1.0 (linux/amd64)',
      sourceIp: '10.200.0.7',
      change: byNode ? 'status' : 'spec',
    },
  };
}

function pod({ namespace, name }, { i, uid, created }, stage, node, now) {
  const at = now.toISOString().replace(/\.\d+/, '');
  const labels = { app: 'shop', tier: 'web', 'pod-template-hash': name.slice(5, 15), shard: String(i % 10) };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      ...{ name, namespace, uid, creationTimestamp: created, generation: 1, labels },
      annotations: { 'prometheus.io/scrape': 'true', 'shop.example/revision': uid.slice(0, 8) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: name.slice(0, 15),
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: [container],
      ...{
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        serviceAccountName: 'default',
        serviceAccount: 'default',
      },
      ...(stage > 0 ? { nodeName: node } : {}),
      ...{
        securityContext: {},
        schedulerName: 'default-scheduler',
        enableServiceLinks: true,
        priority: 0,
        preemptionPolicy: 'PreemptLowerPriority',
      },
      tolerations: ['not-ready', 'unreachable'].map((taint) => ({
        key: `node.kubernetes.io/${taint}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    },
    status: {
      phase: stage < 4 ? 'Pending' : 'Running',
      ...(stage > 2
        ? { podIP: `10.201.${i % 250}.${(i >> 8) % 250}`, hostIP: `10.200.0.${i % 250}`, startTime: created }
        : {}),
      conditions: conditions.map((type, n) => ({
        type,
        status: n < stage - 1 ? 'True' : 'False',
        lastProbeTime: null,
        lastTransitionTime: at,
      })),
      ...(stage > 3
        ? {
            containerStatuses: [
              {
                ...{
                  name: 'web',
                  ready: stage > 5,
                  restartCount: Math.max(0, stage - 7),
                  started: true,
                  image: container.image,
                },
                imageID: `registry.example/shop/web@sha256:${'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'}`,
                containerID: `containerd://${uid.replaceAll('-', '')}${uid.replaceAll('-', '')}`,
                state: { running: { startedAt: at } },
                lastState: {},
              },
            ],
          }
        : {}),
      qosClass: 'Burstable',
    },
  };
}

const container = {
  ...{ name: 'web', image: 'registry.example/shop/web:1.27', command: ['/bin/serve', '--port=8080'] },
  env: [
    { name: 'MODE', value: 'production' },
    { name: 'POD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
  ],
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { cpu: '500m', memory: '128Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
  readinessProbe: {
    httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 5,
    successThreshold: 1,
    failureThreshold: 3,
  },
  ...{
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  },
};
