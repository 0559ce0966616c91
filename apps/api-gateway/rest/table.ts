import { badRequest, type AnyResource, type Column, type KubeObject } from '@shiplog/domain';
import type { ResourceCall } from './resource-call.js';

interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

const metadataDescriptions: Readonly<Record<string, string>> = {
  Name: 'Name must be unique within a namespace.',
  Age: 'Time since creation.',
};

const columnDefinition = ({
  name,
  type,
  format,
  priority,
  description,
}: Column<KubeObject>): Record<string, unknown> => ({
  name,
  type,
  format: format ?? '',
  description: description ?? metadataDescriptions[name] ?? '',
  priority: priority ?? 0,
});

/** meta.k8s.io PartialObjectMetadata: the object's metadata and nothing else. */
export const partialMetadata = ({ metadata }: KubeObject, version = 'v1'): Record<string, unknown> => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
});

/** How much of the object a row carries. */
type IncludeObject = 'None' | 'Metadata' | 'Object';

const includeOf = (query: URLSearchParams): IncludeObject => {
  const asked = query.get('includeObject');
  if (asked !== null && !['', 'None', 'Object', 'Metadata'].includes(asked))
    throw badRequest(
      `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
    );
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata';
};

function rowOf(
  resource: AnyResource,
  object: KubeObject,
  include: IncludeObject,
  version: string,
  now: Date,
): Record<string, unknown> {
  const carried = include === 'None' ? null : include === 'Object' ? object : partialMetadata(object, version);
  const conditions = resource.rowConditions?.(object) ?? [];
  return {
    cells: resource.columns.map(({ value }) => value(object, now)),
    ...(conditions.length > 0 ? { conditions } : {}),
    object: carried,
  };
}

/** Objects as the table that kubectl prints. `withColumns` false: a later event of a watch, whose columns are known. */
export function tableOf(
  { context, resource }: Pick<ResourceCall, 'context' | 'resource'>,
  objects: readonly KubeObject[],
  { version = 'v1', meta, withColumns = true }: { version?: string; meta?: ListMeta; withColumns?: boolean } = {},
): Record<string, unknown> {
  const now = new Date();
  const include = includeOf(context.incoming.query);
  const resourceVersion = meta ? meta.resourceVersion : objects[0]?.metadata.resourceVersion;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: { ...meta, ...(resourceVersion ? { resourceVersion } : {}) },
    columnDefinitions: withColumns ? resource.columns.map(columnDefinition) : null,
    rows: objects.map((object) => rowOf(resource, object, include, version, now)),
  };
}
