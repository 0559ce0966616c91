import { FieldPath } from '../../../api/field-path.js';
import type { PodSpec } from '../../../api/generated/types.js';
import { podWarnings } from './pod-spec.warnings.js';

const container = { name: 'c', image: 'x' };
const none = 'a null labelSelector results in matching no pod';

const warned: [string, Partial<PodSpec>, string[]][] = [
  ['nothing wrong', {}, []],
  [
    'a node label of old',
    { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
    ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
  ],
  [
    'a variable that hides another',
    {
      containers: [
        {
          ...container,
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
      ],
    },
    ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
  ],
  [
    'a variable that builds upon another',
    {
      containers: [
        {
          ...container,
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '$(A)2' },
          ],
        },
      ],
    },
    [],
  ],
  [
    'a port twice',
    { containers: [{ ...container, ports: [{ containerPort: 1 }, { containerPort: 1 }] }] },
    ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]'],
  ],
  [
    'a port with and without the host',
    { containers: [{ ...container, ports: [{ containerPort: 1 }, { containerPort: 1, hostPort: 2 }] }] },
    ['spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]'],
  ],
  [
    'half a byte',
    { containers: [{ ...container, resources: { limits: { memory: '500m', cpu: '500m' } } }] },
    ['spec.containers[0].resources.limits[memory]: fractional byte value "500m" is invalid, must be an integer'],
  ],
  [
    'an alias twice',
    { hostAliases: [{ ip: '1.2.3.4' }, { ip: '1.2.3.4' }] },
    ['spec.hostAliases[1].ip: duplicate ip "1.2.3.4"'],
  ],
  [
    'a secret of no name',
    { imagePullSecrets: [{ name: '' }] },
    ['spec.imagePullSecrets[0].name: invalid empty name ""'],
  ],
  [
    'a selector of nothing',
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } } },
    [`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: ${none}`],
  ],
  [
    'a volume that is no more',
    { volumes: [{ name: 'a', gitRepo: { repository: 'x' } }] },
    ['spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+'],
  ],
  [
    'a projection of nothing',
    { volumes: [{ name: 'a', projected: { sources: [{}] } }] },
    ['volume "a" (Projected) has no sources provided'],
  ],
  [
    'files in each other’s place',
    {
      volumes: [
        {
          name: 'a',
          projected: {
            sources: [
              { serviceAccountToken: { path: 'a' } },
              { configMap: { name: 'm', items: [{ key: 'k', path: 'a/b' }] } },
            ],
          },
        },
      ],
    },
    ['volume "a" (Projected): overlapping paths: "a/b" (ConfigMap "m") with "a" (ServiceAccountToken)'],
  ],
];

test.each(warned)('%s', (_, spec, expected) =>
  expect(podWarnings({ spec: { containers: [container], ...spec } })).toEqual(expected),
);

test('in a template, at its path, annotations too', () =>
  expect(
    podWarnings(
      {
        metadata: { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'x' } },
        spec: { containers: [container], terminationGracePeriodSeconds: -1 },
      },
      FieldPath.of('spec', 'template'),
    ),
  ).toEqual([
    'spec.template.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
  ]));
