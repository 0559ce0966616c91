import {
  badRequest,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type AnyResource,
  type FieldRequirement,
} from '@shiplog/domain';
import { isSet } from '../request/request-info.js';
import type { RequestContext } from '../request/request-context.js';
import type { Selection } from '../watch-cache/selection.js';
import { wholeNumber } from './write-options.js';

/** Kinds with fields of their own, and the others, say it in different words. */
const unknownField = ({ selectableFields }: AnyResource, field: string): Error =>
  badRequest(
    Object.keys(selectableFields).length > 0
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );

/** metav1.ListOptions of a request, understood. */
export interface ListOptions {
  readonly selection: Selection;
  readonly limit: number | undefined;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly timeoutSeconds: number | undefined;
  readonly allowWatchBookmarks: boolean;
  /** Undefined: not asked for. */
  readonly sendInitialEvents: boolean | undefined;
}

const pinned = (requirements: readonly FieldRequirement[], field: string): string | undefined =>
  requirements.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;

const commonFields = new Set(['metadata.name', 'metadata.namespace']);

/** @throws BadRequest for a selector that cannot be read, or a field that the kind cannot be selected by. */
export function selectionOf(
  resource: AnyResource,
  { info, incoming }: Pick<RequestContext, 'info' | 'incoming'>,
): Selection {
  const fields = parseFieldSelector(incoming.query.get('fieldSelector') ?? '');
  const labels = parseLabelSelector(incoming.query.get('labelSelector') ?? '');
  for (const { field } of fields)
    if (!commonFields.has(field) && !(field in resource.selectableFields)) throw unknownField(resource, field);
  const namespace = resource.scope === 'Namespaced' ? info.namespace || pinned(fields, 'metadata.namespace') : '';
  const name = pinned(fields, 'metadata.name') ?? (info.name === '' ? undefined : info.name);
  const nodeName = pinned(fields, 'spec.nodeName');
  const selects = fields.length > 0 || labels.requirements.length > 0;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(selects
      ? {
          matches: (object) =>
            matchesLabels(labels, object.labels) && matchesFields(fields, (field) => object.field(field)),
        }
      : {}),
  };
}

/** @throws BadRequest */
export function listOptions(resource: AnyResource, context: Pick<RequestContext, 'info' | 'incoming'>): ListOptions {
  const { query } = context.incoming;
  return {
    selection: selectionOf(resource, context),
    limit: wholeNumber(query, 'limit'),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: wholeNumber(query, 'timeoutSeconds'),
    allowWatchBookmarks: isSet(query, 'allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? isSet(query, 'sendInitialEvents') : undefined,
  };
}
