import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodTemplateSpec, StatefulSet, StatefulSetSpec, Volume } from '../../../api/generated/types.js';
import { percentOf } from '../../../api/int-or-string.js';
import { isDnsLabel } from '../../../api/names.js';
import { validateClaimSpec } from '../../core/pod-spec/claim-template.validation.js';
import { inFormat, nonNegative, requiredOneOf } from '../../rules.js';
import {
  countOrPercent,
  validateCollisions,
  validateCountOrPercent,
  validateReplicaCounts,
  validateReplicas,
} from '../workload.validation.js';

type UpdateStrategy = NonNullable<StatefulSetSpec['updateStrategy']>;
const noSpec: Partial<StatefulSetSpec> = {};

function validateRolling({ partition, maxUnavailable }: NonNullable<UpdateStrategy['rollingUpdate']>, at: FieldPath) {
  const path = at.child('maxUnavailable');
  return [
    ...nonNegative(partition, at.child('partition')),
    ...(maxUnavailable === undefined
      ? []
      : [
          ...validateCountOrPercent(maxUnavailable, path),
          ...(countOrPercent(maxUnavailable) === 0 ? [invalid(path, maxUnavailable, 'cannot be 0')] : []),
          ...((percentOf(maxUnavailable) ?? 0) > 100
            ? [invalid(path, maxUnavailable, 'must not be greater than 100%')]
            : []),
        ]),
  ];
}

function validateStrategy(strategy: UpdateStrategy, at: FieldPath): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (!type) return [required(at)];
  if (type === 'OnDelete')
    return rollingUpdate
      ? [invalid(at.child('rollingUpdate'), rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")]
      : [];
  if (type !== 'RollingUpdate') return [invalid(at, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  return rollingUpdate ? validateRolling(rollingUpdate, at.child('rollingUpdate')) : [];
}

function validateManagement(policy: string | undefined, at: FieldPath): FieldError[] {
  if (!policy) return [required(at)];
  return ['OrderedReady', 'Parallel'].includes(policy)
    ? []
    : [invalid(at, policy, "must be 'OrderedReady' or 'Parallel'")];
}

/** The template as pods will have it: claims are volumes, and names in the network are the controller's. */
function asPodsHaveIt({ template = {}, volumeClaimTemplates = [] }: Partial<StatefulSetSpec>): PodTemplateSpec {
  if (!template.spec) return template;
  const { hostname: _hostname, subdomain: _subdomain, volumes = [], ...spec } = template.spec;
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const claims = [...names].map((name): Volume => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = volumes.filter(({ name }) => !names.has(name));
  return { ...template, spec: { ...spec, volumes: [...claims, ...others] } };
}

/** Rules of the API reference for StatefulSet. Pure; reports every violation, each with its field path. */
export function validateStatefulSet(set: StatefulSet, at: FieldPath): FieldError[] {
  const spec = set.spec ?? noSpec;
  const path = at.child('spec');
  const retention = path.child('persistentVolumeClaimRetentionPolicy');
  return [
    ...validateManagement(spec.podManagementPolicy, path.child('podManagementPolicy')),
    ...validateStrategy(spec.updateStrategy ?? {}, path.child('updateStrategy')),
    ...(['whenDeleted', 'whenScaled'] as const).flatMap((when) =>
      requiredOneOf(spec.persistentVolumeClaimRetentionPolicy?.[when], ['Delete', 'Retain'], retention.child(when)),
    ),
    ...nonNegative(spec.replicas, path.child('replicas')),
    ...nonNegative(spec.minReadySeconds, path.child('minReadySeconds')),
    ...nonNegative(spec.ordinals?.start, path.child('ordinals', 'start')),
    ...validateReplicas(
      { ...(spec.selector ? { selector: spec.selector } : {}), template: asPodsHaveIt(spec) },
      path,
      'statefulset',
    ),
  ];
}

/** What cannot change afterwards is looked at once. */
export const validateNewStatefulSet = ({ spec }: StatefulSet, at: FieldPath): FieldError[] => [
  ...(spec?.volumeClaimTemplates ?? []).flatMap((claim, i) =>
    validateClaimSpec(claim.spec ?? {}, at.child('spec', 'volumeClaimTemplates').index(i).child('spec')),
  ),
  ...(spec?.serviceName ? inFormat(isDnsLabel, spec.serviceName, at.child('spec', 'serviceName')) : []),
];

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

export function validateStatefulSetUpdate(next: StatefulSet, current: StatefulSet, at: FieldPath): FieldError[] {
  const others = Object.fromEntries(changeable.map((field) => [field, undefined]));
  if (deepEqual({ ...next.spec, ...others }, { ...current.spec, ...others })) return [];
  const names = changeable.map((field) => `'${field}'`);
  const listed = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return [
    forbiddenField(at.child('spec'), `updates to statefulset spec for fields other than ${listed} are forbidden`),
  ];
}

export function validateStatefulSetStatusUpdate(next: StatefulSet, current: StatefulSet, at: FieldPath): FieldError[] {
  const path = at.child('status');
  return [
    ...validateReplicaCounts(
      next.status ?? { replicas: 0, availableReplicas: 0 },
      [
        'replicas',
        'readyReplicas',
        'currentReplicas',
        'updatedReplicas',
        'availableReplicas',
        'observedGeneration',
        'collisionCount',
      ],
      path,
    ),
    ...validateCollisions(next.status?.collisionCount, current.status?.collisionCount, path.child('collisionCount')),
  ];
}
