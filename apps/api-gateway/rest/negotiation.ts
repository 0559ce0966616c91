import { StatusError } from '@shiplog/domain';

/** The shape of an answer. */
export interface AnswerFormat {
  readonly media: 'json' | 'yaml';
  /** A projection of meta.k8s.io instead of the object itself. */
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly asVersion: string;
}

export const plainJson: AnswerFormat = { media: 'json', asVersion: 'v1' };

const projections = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const remembered = new Map<string, AnswerFormat | 'wrong projection' | undefined>();
const maxRemembered = 1000;

function mediaOf(type: string): AnswerFormat['media'] | undefined {
  if (type === 'application/json' || type === '*/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

/** One media range; `known` if its type is one that we write. */
function parseClause(clause: string): { format?: AnswerFormat; quality: number; known: boolean } {
  const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
  const named = Object.fromEntries(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
  const quality = named['q'] === undefined ? 1 : Number(named['q']);
  const media = mediaOf(type.toLowerCase());
  if (!media) return { quality, known: type === 'application/vnd.kubernetes.protobuf' };
  const { as } = named;
  if (as === undefined && named['v'] !== undefined) return { quality, known: true };
  if (as === undefined) return { format: { media, asVersion: 'v1' }, quality, known: true };
  const valid = projections.has(as) && named['g'] === 'meta.k8s.io' && ['v1', 'v1beta1'].includes(named['v'] ?? '');
  return valid
    ? {
        format: { media, as: as as AnswerFormat['as'], asVersion: named['v'] ?? 'v1' } as AnswerFormat,
        quality,
        known: true,
      }
    : { quality, known: true };
}

/** Undefined: none of the types is ours; `as` is wrong where the type would do. */
function choose(accept: string): AnswerFormat | 'wrong projection' | undefined {
  const clauses = accept.split(',').map(parseClause);
  const chosen = clauses.filter(({ format }) => format !== undefined).sort((a, b) => b.quality - a.quality)[0]?.format;
  return chosen ?? (clauses.some(({ known }) => known) ? 'wrong projection' : undefined);
}

const offered = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The first acceptable format in the client's order of preference, for one object or a list. @throws NotAcceptable (406) */
export function negotiate(accept: string | undefined, unfit?: AnswerFormat['as']): AnswerFormat {
  if (accept === undefined || accept === '') return plainJson;
  let format = remembered.get(accept);
  if (format === undefined && !remembered.has(accept)) {
    format = choose(accept);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(accept, format);
  }
  if (format === undefined)
    throw new StatusError(
      406,
      'NotAcceptable',
      `406: Not Acceptable\n\nAvailable representations: ${offered.join(', ')}`,
      {},
    );
  if (format === 'wrong projection' || (unfit && format.as === unfit))
    throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${offered.join(', ')}`);
  return format;
}
