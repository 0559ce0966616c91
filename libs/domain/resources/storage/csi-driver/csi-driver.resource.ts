import { deepEqual } from '../../../api/deep-equal.js';
import { duplicate, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { CSIDriver, CSIDriverSpec } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { fieldIsImmutable, oneOf } from '../../rules.js';

/** CSIDriver: what a storage driver can do and wants to be told. */
export const csiDriver = defineResource<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  defaults: ({ spec }) => {
    if (!spec) return;
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  strategy: {
    prepareForCreate: ({ spec, ...driver }) =>
      ({ ...driver, ...(spec ? { spec: withoutSwitchedOff(spec) } : {}) }) as CSIDriver,
    changesGeneration: (next, current) => !deepEqual(next.spec, current.spec),
    allowUnconditionalUpdate: false,
    deleteReturnsObject: true,
  },
  validate: ({ spec }, at) => validateSpec(spec ?? {}, at.child('spec')),
  validateUpdate: (next, current, at) => {
    const path = at.child('spec');
    const fixed = { attachedRequired: 'attachRequired', volumeLifecycleModes: 'volumeLifecycleModes' } as const;
    return Object.entries(fixed).flatMap(([shown, field]) =>
      deepEqual(next.spec?.[field] ?? null, current.spec?.[field] ?? null)
        ? []
        : [invalid(path.child(shown), next.spec?.[field] ?? null, fieldIsImmutable)],
    );
  },
  warnings: ({ spec }, current) =>
    (spec?.tokenRequests ?? []).length > 0 &&
    spec?.serviceAccountTokenInSecrets === undefined &&
    !deepEqual(spec?.tokenRequests, current?.spec?.tokenRequests)
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  columns: [
    nameColumn,
    column('AttachRequired', 'boolean', ({ spec }) => spec?.attachRequired ?? true),
    column('PodInfoOnMount', 'boolean', ({ spec }) => spec?.podInfoOnMount ?? false),
    column('StorageCapacity', 'boolean', ({ spec }) => spec?.storageCapacity ?? false),
    column('TokenRequests', 'string', ({ spec }) =>
      spec?.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>',
    ),
    column('RequiresRepublish', 'boolean', ({ spec }) => spec?.requiresRepublish ?? false),
    column('Modes', 'string', ({ spec }) => (spec?.volumeLifecycleModes ?? []).join(',') || '<none>'),
    ageColumn,
  ],
});

/** Drops a field that v1.36 has switched off. */
function withoutSwitchedOff({ preventPodSchedulingIfMissing: _dropped, ...spec }: CSIDriverSpec): CSIDriverSpec {
  return spec;
}

const minPeriod = 10;
const minExpiration = 600;
const maxExpiration = 2 ** 32;

function validateSpec(spec: CSIDriverSpec, at: FieldPath): FieldError[] {
  const { tokenRequests = [], nodeAllocatableUpdatePeriodSeconds: period } = spec;
  const needed = {
    attachedRequired: spec.attachRequired,
    podInfoOnMount: spec.podInfoOnMount,
    storageCapacity: spec.storageCapacity,
  };
  return [
    ...Object.entries(needed).flatMap(([field, value]) => (value === undefined ? [required(at.child(field))] : [])),
    ...oneOf(spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], at.child('fsGroupPolicy')),
    ...validateTokenRequests(tokenRequests, at.child('tokenRequests')),
    ...(spec.volumeLifecycleModes ?? [])
      .filter((mode) => mode !== 'Persistent' && mode !== 'Ephemeral')
      .map((mode) => notSupported(at.child('volumeLifecycleModes'), mode, ['Ephemeral', 'Persistent'])),
    ...(spec.seLinuxMount === undefined ? [required(at.child('seLinuxMount'))] : []),
    ...(period !== undefined && period < minPeriod
      ? [
          invalid(
            at.child('nodeAllocatableUpdatePeriodSeconds'),
            period,
            `must be greater than or equal to ${minPeriod} seconds`,
          ),
        ]
      : []),
    ...(spec.serviceAccountTokenInSecrets !== undefined && tokenRequests.length === 0
      ? [
          invalid(
            at.child('serviceAccountTokenInSecrets'),
            spec.serviceAccountTokenInSecrets,
            'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
          ),
        ]
      : []),
  ];
}

/** One token for each audience; the empty one is the API server's. */
function validateTokenRequests(requests: NonNullable<CSIDriverSpec['tokenRequests']>, at: FieldPath): FieldError[] {
  return requests.flatMap(({ audience, expirationSeconds = minExpiration }, i) => {
    const path = at.index(i);
    const expiry = path.child('expirationSeconds');
    if (requests.findIndex((other) => other.audience === audience) < i)
      return [duplicate(path.child('audience'), audience)];
    if (expirationSeconds < minExpiration)
      return [invalid(expiry, expirationSeconds, 'may not specify a duration less than 10 minutes')];
    return expirationSeconds > maxExpiration
      ? [invalid(expiry, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')]
      : [];
  });
}
