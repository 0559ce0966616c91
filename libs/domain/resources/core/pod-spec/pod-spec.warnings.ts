import { all, each, eachEntry } from '../../../api/findings.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { FieldPath } from '../../../api/field-path.js';
import type {
  AppArmorProfile,
  Container,
  PodAffinityTerm,
  PodSpec,
  PodTemplateSpec,
} from '../../../api/generated/types.js';
import { parseQuantity } from '../../../api/quantity.js';
import { addressWarnings } from '../../ip-address.warnings.js';
import { annotatedProfile, appArmorAnnotation } from './app-armor.js';
import { matchesNothing, placementWarnings } from './node-label.warnings.js';
import { portWarnings } from './port.warnings.js';
import { overlappingPaths } from './volume-overlap.warnings.js';

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

const containersOf = (spec: PodSpec, at: FieldPath): Placed[] =>
  each(['initContainers', 'containers', 'ephemeralContainers'] as const, (list) =>
    (spec[list] ?? []).map((container, i): Placed => [container, at.child(list).index(i)]),
  );

function podAffinity({ affinity }: PodSpec, at: FieldPath): string[] {
  const terms = (list: readonly PodAffinityTerm[], path: (i: number) => FieldPath): string[] =>
    each(list, ({ labelSelector }, i) => matchesNothing(labelSelector, path(i)));
  return each(['podAffinity', 'podAntiAffinity'] as const, (kind) => {
    const path = at.child('affinity', kind);
    const preferred = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return all(
      terms(affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [], (i) =>
        path.child('requiredDuringSchedulingIgnoredDuringExecution').index(i),
      ),
      terms(
        preferred.map(({ podAffinityTerm }) => podAffinityTerm),
        (i) => path.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('podAffinityTerm'),
      ),
    );
  });
}

const repeated = (values: readonly string[]): number[] =>
  each(values, (value, i) => (values.indexOf(value) < i ? [i] : []));

function lists({ hostAliases = [], imagePullSecrets = [] }: PodSpec, at: FieldPath): string[] {
  const names = imagePullSecrets.map(({ name }) => name ?? '');
  const nameAt = (i: number): FieldPath => at.child('imagePullSecrets').index(i).child('name');
  return all(
    repeated(hostAliases.map(({ ip }) => ip)).map(
      (i) => `${at.child('hostAliases').index(i).child('ip')}: duplicate ip ${JSON.stringify(hostAliases[i]?.ip)}`,
    ),
    repeated(names).map((i) => `${nameAt(i)}: duplicate name ${JSON.stringify(names[i])}`),
    each(names, (name, i) => (name === '' ? [`${nameAt(i)}: invalid empty name ""`] : [])),
  );
}

/** Bytes come whole. */
const fractions = (amounts: Readonly<Record<string, string | number>> | undefined, at: FieldPath): string[] =>
  each(['memory', 'ephemeral-storage', 'storage'], (name) => {
    const quantity = parseQuantity(amounts?.[name] ?? 0);
    return quantity && quantity.nano % 1_000_000_000n !== 0n
      ? [`${at.key(name)}: fractional byte value ${JSON.stringify(amounts?.[name])} is invalid, must be an integer`]
      : [];
  });

/** A variable that is defined again, unless the second definition builds upon the first. */
function hiddenVariables({ env = [] }: Placed[0], at: FieldPath): string[] {
  return each(repeated(env.map(({ name }) => name)), (i) => {
    const { name = '', value = '', valueFrom } = env[i] ?? {};
    const reference = `$(${name})`;
    return valueFrom || value === reference || !value.includes(reference)
      ? [
          `${at.child('env').index(i)}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        ]
      : [];
  });
}

function annotations({ metadata, spec }: PodTemplateSpec, containers: readonly Placed[], at: FieldPath): string[] {
  const given = metadata?.annotations ?? {};
  const seccomp = (key: string, profile: object | undefined): string[] =>
    key in given && !profile ? [`${at.key(key)}: ${useSeccompField}`] : [];
  return all(
    eachEntry(deadAnnotations, (key, text) => (key in given ? [`${at.key(key)}: ${text}`] : [])),
    seccomp(seccompPod, spec?.securityContext?.seccompProfile),
    each(containers, ([{ name, securityContext }]) =>
      seccomp(`${seccompContainer}${name}`, securityContext?.seccompProfile),
    ),
    each(spec?.os?.name === 'windows' ? [] : containers, ([{ name, securityContext }]) =>
      statesProfileOfOld(given, name, securityContext?.appArmorProfile, spec?.securityContext?.appArmorProfile)
        ? [`${at.key(appArmorAnnotation(name))}: deprecated since v1.30; use the "appArmorProfile" field instead`]
        : [],
    ),
  );
}

/** An annotation that says what the pod's field says already is no more than an echo. */
function statesProfileOfOld(
  annotations: Readonly<Record<string, string>>,
  container: string,
  own: AppArmorProfile | undefined,
  ofPod: AppArmorProfile | undefined,
): boolean {
  if (!(appArmorAnnotation(container) in annotations)) return false;
  const stated = annotatedProfile(annotations, container);
  return (own === undefined || deepEqual(own, stated)) && (stated === undefined || !deepEqual(stated, ofPod));
}

/** What works, but probably not as meant, in a pod or in the template of one at a path. Texts for Warning headers. Pure. */
export function podWarnings(pod: PodTemplateSpec | undefined, at: FieldPath = FieldPath.root): string[] {
  if (!pod?.spec) return [];
  const { spec } = pod;
  const path = at.child('spec');
  const containers = containersOf(spec, path);
  return all(
    placementWarnings(spec, path),
    annotations(pod, containers, at.child('metadata', 'annotations')),
    each(spec.volumes, (volume, i) =>
      eachEntry(deadVolumes, (type, text) =>
        volume[type as keyof typeof deadVolumes] ? [`${path.child('volumes').index(i).child(type)}: ${text}`] : [],
      ),
    ),
    each(spec.volumes, ({ ephemeral }, i) => {
      const { requests, limits } = ephemeral?.volumeClaimTemplate?.spec?.resources ?? {};
      const claim = path.child('volumes').index(i).child('ephemeral', 'volumeClaimTemplate', 'spec', 'resources');
      return all(fractions(requests, claim.child('requests')), fractions(limits, claim.child('limits')));
    }),
    each(spec.volumes, overlappingPaths),
    lists(spec, path),
    fractions(spec.overhead, path.child('overhead')),
    each(containers, ([container, place]) =>
      all(
        fractions(container.resources?.limits, place.child('resources', 'limits')),
        fractions(container.resources?.requests, place.child('resources', 'requests')),
        hiddenVariables(container, place),
      ),
    ),
    portWarnings(containers),
    (spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${path.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : [],
    podAffinity(spec, path),
    each(spec.dnsConfig?.nameservers, (ip, i) => addressWarnings(ip, path.child('dnsConfig', 'nameservers').index(i))),
    each(spec.hostAliases, ({ ip }, i) => addressWarnings(ip, path.child('hostAliases').index(i).child('ip'))),
  );
}
