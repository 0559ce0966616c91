import { FieldPath } from '../../../api/field-path.js';
import type {
  Container,
  ContainerPort,
  PodAffinityTerm,
  PodSpec,
  PodTemplateSpec,
} from '../../../api/generated/types.js';
import { parseQuantity } from '../../../api/quantity.js';
import { overlappingPaths } from './volume-overlap.warnings.js';

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

const deadAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const useSeccompField = 'non-functional in v1.27+; use the "seccompProfile" field instead';

const deadVolumes = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const;

type Placed = readonly [container: Partial<Container> & { name: string }, at: FieldPath];
type Terms = readonly { readonly key: string }[];

const containersOf = (spec: PodSpec, at: FieldPath): Placed[] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i): Placed => [container, at.child(list).index(i)]),
  );

const oldKeys = (expressions: Terms | undefined, at: FieldPath): string[] =>
  (expressions ?? []).flatMap(({ key }, i) =>
    key in deprecatedNodeLabels
      ? [`${at.child('matchExpressions').index(i).child('key')}: ${key} is ${deprecatedNodeLabels[key]}`]
      : [],
  );

/** Node labels of old that a pod is placed by. */
function nodeLabels({ nodeSelector, affinity, topologySpreadConstraints }: PodSpec, at: FieldPath): string[] {
  const node = affinity?.nodeAffinity;
  const path = at.child('affinity', 'nodeAffinity');
  const required = path.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  const preferred = path.child('preferredDuringSchedulingIgnoredDuringExecution');
  return [
    ...Object.keys(nodeSelector ?? {}).flatMap((key) =>
      key in deprecatedNodeLabels ? [`${at.child('nodeSelector').key(key)}: ${deprecatedNodeLabels[key]}`] : [],
    ),
    ...(node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      oldKeys(term.matchExpressions, required.index(i)),
    ),
    ...(node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, i) =>
      oldKeys(preference.matchExpressions, preferred.index(i).child('preference')),
    ),
    ...(topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => {
      const constraint = at.child('topologySpreadConstraints').index(i);
      return [
        ...(topologyKey in deprecatedNodeLabels
          ? [`${constraint.child('topologyKey')}: ${topologyKey} is ${deprecatedNodeLabels[topologyKey]}`]
          : []),
        ...matchesNothing(labelSelector, constraint),
      ];
    }),
  ];
}

const matchesNothing = (selector: object | undefined, at: FieldPath): string[] =>
  selector ? [] : [`${at.child('labelSelector')}: a null labelSelector results in matching no pod`];

function podAffinity({ affinity }: PodSpec, at: FieldPath): string[] {
  const terms = (list: readonly PodAffinityTerm[], path: (i: number) => FieldPath): string[] =>
    list.flatMap(({ labelSelector }, i) => matchesNothing(labelSelector, path(i)));
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const path = at.child('affinity', kind);
    const preferred = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [
      ...terms(affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [], (i) =>
        path.child('requiredDuringSchedulingIgnoredDuringExecution').index(i),
      ),
      ...terms(
        preferred.map(({ podAffinityTerm }) => podAffinityTerm),
        (i) => path.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('podAffinityTerm'),
      ),
    ];
  });
}

const repeated = (values: readonly string[]): number[] =>
  values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));

function lists({ hostAliases = [], imagePullSecrets = [] }: PodSpec, at: FieldPath): string[] {
  const names = imagePullSecrets.map(({ name }) => name ?? '');
  const nameAt = (i: number): FieldPath => at.child('imagePullSecrets').index(i).child('name');
  return [
    ...repeated(hostAliases.map(({ ip }) => ip)).map(
      (i) => `${at.child('hostAliases').index(i).child('ip')}: duplicate ip ${JSON.stringify(hostAliases[i]?.ip)}`,
    ),
    ...repeated(names).map((i) => `${nameAt(i)}: duplicate name ${JSON.stringify(names[i])}`),
    ...names.flatMap((name, i) => (name === '' ? [`${nameAt(i)}: invalid empty name ""`] : [])),
  ];
}

/** Bytes come whole. */
const fractions = (amounts: Readonly<Record<string, string | number>> | undefined, at: FieldPath): string[] =>
  ['memory', 'ephemeral-storage'].flatMap((name) => {
    const quantity = parseQuantity(amounts?.[name] ?? 0);
    return quantity && quantity.nano % 1_000_000_000n !== 0n
      ? [`${at.key(name)}: fractional byte value ${JSON.stringify(amounts?.[name])} is invalid, must be an integer`]
      : [];
  });

/** A variable that is defined again, unless the second definition builds upon the first. */
function hiddenVariables({ env = [] }: Placed[0], at: FieldPath): string[] {
  return repeated(env.map(({ name }) => name)).flatMap((i) => {
    const { name = '', value = '', valueFrom } = env[i] ?? {};
    const reference = `$(${name})`;
    return valueFrom || value === reference || !value.includes(reference)
      ? [
          `${at.child('env').index(i)}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        ]
      : [];
  });
}

function ports(containers: readonly Placed[]): string[] {
  const all = containers.flatMap(([container, at]) =>
    (container.ports ?? []).map((port, i) => ({ port, at: at.child('ports').index(i) })),
  );
  return [
    ...all.flatMap(({ port, at }, i) =>
      all.slice(0, i).flatMap((other) => {
        const clash = portClash(port, other.port);
        return clash ? [`${at}: ${clash} port definition with ${other.at}`] : [];
      }),
    ),
    ...all.flatMap(({ port: { name }, at }, i) => {
      const first = all.find((other) => other.port.name === name);
      return name && first && all.indexOf(first) < i
        ? [
            `${at}: duplicate port name ${JSON.stringify(name)} with ${first.at}, services and probes that select ports by name will use ${first.at}`,
          ]
        : [];
    }),
  ];
}

function portClash(one: ContainerPort, other: ContainerPort): string | undefined {
  if (one.containerPort !== other.containerPort || one.protocol !== other.protocol) return undefined;
  const [here, there] = [one.hostIP ?? '', other.hostIP ?? ''];
  const samePort = (one.hostPort ?? 0) === (other.hostPort ?? 0);
  if (here === there && samePort) return 'duplicate';
  if (!one.hostPort || !other.hostPort) return 'overlapping';
  return samePort && (here === '') !== (there === '') ? 'dangerously ambiguous' : undefined;
}

function annotations({ metadata, spec }: PodTemplateSpec, containers: readonly Placed[], at: FieldPath): string[] {
  const given = metadata?.annotations ?? {};
  const seccomp = (key: string, profile: object | undefined): string[] =>
    key in given && !profile ? [`${at.key(key)}: ${useSeccompField}`] : [];
  return [
    ...Object.entries(deadAnnotations).flatMap(([key, text]) => (key in given ? [`${at.key(key)}: ${text}`] : [])),
    ...seccomp(seccompPod, spec?.securityContext?.seccompProfile),
    ...containers.flatMap(([{ name, securityContext }]) =>
      seccomp(`${seccompContainer}${name}`, securityContext?.seccompProfile),
    ),
  ];
}

/** What works, but probably not as meant, in a pod or in the template of one at a path. Texts for Warning headers. Pure. */
export function podWarnings(pod: PodTemplateSpec | undefined, at: FieldPath = FieldPath.root): string[] {
  if (!pod?.spec) return [];
  const { spec } = pod;
  const path = at.child('spec');
  const containers = containersOf(spec, path);
  return [
    ...nodeLabels(spec, path),
    ...annotations(pod, containers, at.child('metadata', 'annotations')),
    ...(spec.volumes ?? []).flatMap((volume, i) =>
      Object.entries(deadVolumes).flatMap(([type, text]) =>
        volume[type as keyof typeof deadVolumes] ? [`${path.child('volumes').index(i).child(type)}: ${text}`] : [],
      ),
    ),
    ...(spec.volumes ?? []).flatMap(overlappingPaths),
    ...lists(spec, path),
    ...fractions(spec.overhead, path.child('overhead')),
    ...containers.flatMap(([container, place]) => [
      ...fractions(container.resources?.limits, place.child('resources', 'limits')),
      ...fractions(container.resources?.requests, place.child('resources', 'requests')),
      ...hiddenVariables(container, place),
    ]),
    ...ports(containers),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${path.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : []),
    ...podAffinity(spec, path),
  ];
}
