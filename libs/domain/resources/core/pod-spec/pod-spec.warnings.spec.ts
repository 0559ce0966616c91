import { FieldPath } from '../../../api/field-path.js';
import type { Container, PodSpec } from '../../../api/generated/types.js';
import { withAnnotatedProfiles } from './app-armor.js';
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

const moreWarned: [string, Partial<PodSpec>, string[]][] = [
  [
    'an address of the host without its port',
    { containers: [{ ...container, ports: [{ containerPort: 1, hostIP: '10.0.0.1' }] }] },
    ['spec.containers[0].ports[0]: hostIP set without hostPort: {"containerPort":1,"hostIP":"10.0.0.1"}'],
  ],
  [
    'addresses that are not canonical',
    { dnsConfig: { nameservers: ['10.0.0.1', 'FD00::1'] }, hostAliases: [{ ip: '010.0.0.1' }] },
    [
      'spec.dnsConfig.nameservers[1]: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
      'spec.hostAliases[0].ip: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"',
    ],
  ],
  [
    'a claim for half a byte',
    {
      volumes: [
        { name: 'a', ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '500m' } } } } } },
      ],
    },
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "500m" is invalid, must be an integer',
    ],
  ],
];
test.each(moreWarned)('%s', (_, spec, expected) =>
  expect(podWarnings({ spec: { containers: [container], ...spec } })).toEqual(expected),
);

test('a preference that no node can meet', () =>
  expect(
    podWarnings({
      spec: {
        containers: [container],
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'In', values: ['ok', 'a b'] }] } },
            ],
          },
        },
      },
    }).map((text) => text.split(' is invalid')[0]),
  ).toEqual([
    'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[1]: a b',
  ]));

describe('the AppArmor annotation', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/c';
  const old = `metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`;
  const cases: [string, string, Partial<PodSpec>, string[]][] = [
    ['states a profile', 'runtime/default', {}, [old]],
    ['states nothing valid', 'localhost/', {}, [old]],
    ['says what the pod says', 'unconfined', { securityContext: { appArmorProfile: { type: 'Unconfined' } } }, []],
    [
      'is overruled by the field',
      'unconfined',
      { containers: [{ ...container, securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }] },
      [],
    ],
  ];
  test.each(cases)('%s', (_, profile, spec, expected) =>
    expect(
      podWarnings({ metadata: { annotations: { [key]: profile } }, spec: { containers: [container], ...spec } }),
    ).toEqual(expected),
  );

  const profileOf = (profile: string, spec: Partial<PodSpec> = {}): unknown =>
    withAnnotatedProfiles({ containers: [container], ...spec }, { [key]: profile }).containers[0]?.securityContext;
  test.each<[string, unknown]>([
    ['runtime/default', { appArmorProfile: { type: 'RuntimeDefault' } }],
    ['localhost/a', { appArmorProfile: { type: 'Localhost', localhostProfile: 'a' } }],
    ['localhost/', undefined],
    ['', undefined],
  ])('%j becomes the field %j', (profile, expected) => expect(profileOf(profile)).toEqual(expected));
  test('leaves alone what the field says, and Windows', () => {
    const own: Container = { ...container, securityContext: { appArmorProfile: { type: 'Unconfined' } } };
    expect(profileOf('runtime/default', { containers: [own] })).toEqual(own.securityContext);
    expect(profileOf('runtime/default', { os: { name: 'windows' } })).toBeUndefined();
  });
});

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
