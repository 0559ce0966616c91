/** An object as the API shows it. */
export interface StoredObject {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion?: string };
  readonly [field: string]: unknown;
}

/** What the API keeps by itself, or what belongs to one life of an object only. */
const ofOneLife = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'ownerReferences',
];

/** The past state as it can be written now: on top of the present object if there is one, else as a new one. Pure. */
export function restorable(
  { metadata, status: _status, ...past }: StoredObject,
  present: StoredObject | undefined,
): StoredObject {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([field]) => !ofOneLife.includes(field)));
  if (!present) return { ...past, metadata: kept };
  const { uid, resourceVersion, ownerReferences } = present.metadata;
  return {
    ...past,
    metadata: {
      ...kept,
      uid,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
  };
}
