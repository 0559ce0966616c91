import type { Pod } from '@shiplog/domain';

export interface Reference {
  readonly resource:
    'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts' | 'resourceclaims.resource.k8s.io';
  readonly name: string;
}

type Found = (resource: Reference['resource'], name: unknown) => void;
const nameIn = (value: unknown): unknown => (value as { name?: unknown } | undefined)?.name;

/** Fields of containers and volume sources that name another object: what they hold, and where its name is. */
const namingFields = new Map<string, (value: unknown, found: Found) => void>([
  ['secretRef', (value, found) => found('secrets', nameIn(value))],
  ['secretKeyRef', (value, found) => found('secrets', nameIn(value))],
  ['nodePublishSecretRef', (value, found) => found('secrets', nameIn(value))],
  ['secretName', (value, found) => found('secrets', value)],
  ['secret', (value, found) => found('secrets', nameIn(value))],
  ['configMapRef', (value, found) => found('configmaps', nameIn(value))],
  ['configMapKeyRef', (value, found) => found('configmaps', nameIn(value))],
  ['configMap', (value, found) => found('configmaps', nameIn(value))],
  ['claimName', (value, found) => found('persistentvolumeclaims', value)],
]);

/** Without lists of entries: at a start every pod is walked. */
function walk(value: unknown, found: Found): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const inner of value) walk(inner, found);
    return;
  }
  for (const field in value) {
    const inner: unknown = value[field as keyof typeof value];
    namingFields.get(field)?.(inner, found);
    walk(inner, found);
  }
}

/** Every object in its namespace that the pod's node must read to run it. Pure. */
export function podReferences({ metadata, spec, status }: Pod): Reference[] {
  const references: Reference[] = [];
  const found: Found = (resource, name) => {
    if (typeof name === 'string' && name !== '') references.push({ resource, name });
  };
  found('serviceaccounts', spec.serviceAccountName);
  for (const { name } of spec.imagePullSecrets ?? []) found('secrets', name);
  for (const volume of spec.volumes ?? []) {
    walk(volume, found);
    if (volume.ephemeral) found('persistentvolumeclaims', `${metadata.name}-${volume.name}`);
  }
  walk([spec.containers, spec.initContainers, spec.ephemeralContainers], found);
  for (const { resourceClaimName } of status?.resourceClaimStatuses ?? [])
    found('resourceclaims.resource.k8s.io', resourceClaimName);
  return references;
}
