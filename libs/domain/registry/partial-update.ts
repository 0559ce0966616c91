import type { KubeObject } from '../api/kube-object.js';

/** What an endpoint takes from a request; the rest stays as stored. Pure; neither argument is changed. */
type Taken = (next: KubeObject, current: KubeObject) => KubeObject;

interface Container {
  readonly name: string;
  readonly resources?: unknown;
  readonly resizePolicy?: unknown;
}
interface Spec {
  readonly [field: string]: unknown;
  readonly finalizers?: readonly string[];
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

const specOf = ({ spec }: KubeObject): Spec => (spec ?? {}) as Spec;

const withSpec = (next: KubeObject, current: KubeObject, spec: Spec): KubeObject => ({
  ...current,
  metadata: { ...current.metadata, ...versionAndOwners(next) },
  spec,
});

const versionAndOwners = ({
  metadata: { resourceVersion, managedFields },
}: KubeObject): Partial<KubeObject['metadata']> => ({
  ...(resourceVersion ? { resourceVersion } : {}),
  ...(managedFields ? { managedFields } : {}),
});

/** Takes the resources of the stored containers. Other containers than those are left for validation to refuse. */
const resized = (wanted: readonly Container[] | undefined, stored: readonly Container[] | undefined) => {
  const same = wanted?.length === stored?.length && wanted?.every(({ name }, i) => name === stored?.[i]?.name);
  if (wanted && !same) return wanted;
  return stored?.map((container) => {
    const { resources, resizePolicy } = wanted?.find(({ name }) => name === container.name) ?? container;
    return {
      ...container,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    };
  });
};

/** Subresources that write one part of the object itself. */
export const partialUpdates: Readonly<Record<string, Taken>> = {
  status: (next, current) => {
    const { status: _stored, ...rest } = current;
    return { ...rest, metadata: next.metadata, ...('status' in next ? { status: next['status'] } : {}) };
  },
  approval: (next, current) => ({ ...current, metadata: next.metadata, status: next['status'] }),
  finalize: (next, current) => ({
    ...current,
    metadata: next.metadata,
    spec: { ...specOf(current), finalizers: specOf(next).finalizers ?? [] },
  }),
  ephemeralcontainers: (next, current) =>
    withSpec(next, current, { ...specOf(current), ephemeralContainers: specOf(next)['ephemeralContainers'] }),
  resize: (next, current) => {
    const { containers, initContainers } = specOf(current);
    return withSpec(next, current, {
      ...specOf(current),
      ...(containers ? { containers: resized(specOf(next).containers, containers) } : {}),
      ...(initContainers ? { initContainers: resized(specOf(next).initContainers, initContainers) } : {}),
    } as Spec);
  },
};
