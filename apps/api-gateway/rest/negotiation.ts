import { StatusError } from '@shiplog/domain';

/** The shape of an answer. */
export interface AnswerFormat {
  readonly media: 'json' | 'yaml' | 'protobuf';
  /** A projection of meta.k8s.io instead of the object itself. */
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly asVersion: string;
}

export const plainJson: AnswerFormat = { media: 'json', asVersion: 'v1' };

export const protobufType = 'application/vnd.kubernetes.protobuf';

const projections = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const remembered = new Map<string, AnswerFormat | 'wrong projection' | undefined>();
const maxRemembered = 1000;

function mediaOf(type: string): AnswerFormat['media'] | undefined {
  if (type === 'application/json' || type === '*/*') return 'json';
  if (type === protobufType) return 'protobuf';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

/** One media range; `known` if its type is one that we write. */
function parseClause(clause: string): { format?: AnswerFormat; quality: number; known: boolean } {
  const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
  const named = Object.fromEntries(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
  const quality = named['q'] === undefined ? 1 : Number(named['q']);
  const media = mediaOf(type.toLowerCase());
  if (!media) return { quality, known: false };
  const { as } = named;
  if (as === undefined && named['v'] !== undefined) return { quality, known: true };
  if (as === undefined) return { format: { media, asVersion: 'v1' }, quality, known: true };
  const valid =
    projections.has(as) &&
    (media !== 'protobuf' || as !== 'Table') &&
    named['g'] === 'meta.k8s.io' &&
    ['v1', 'v1beta1'].includes(named['v'] ?? '');
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
  const formats = clauses.filter(({ format }) => format !== undefined).sort((a, b) => b.quality - a.quality);
  // What is kept is JSON: protobuf is for those who take nothing else.
  const chosen = (formats.find(({ format }) => format?.media !== 'protobuf') ?? formats[0])?.format;
  return chosen ?? (clauses.some(({ known }) => known) ? 'wrong projection' : undefined);
}

const offered = ['application/json', 'application/yaml', protobufType];

function remembering(accept: string): AnswerFormat | 'wrong projection' | undefined {
  const known = remembered.get(accept);
  if (known !== undefined || remembered.has(accept)) return known;
  const format = choose(accept);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(accept, format);
  return format;
}

/** Whether the client reads neither JSON nor YAML. Never throws: errors are answered by it. */
export function takesOnlyProtobuf(accept: string | undefined): boolean {
  const format = accept?.includes(protobufType) ? remembering(accept) : undefined;
  return typeof format === 'object' && format.media === 'protobuf';
}

/** The first acceptable format in the client's order of preference, for one object or a list. @throws NotAcceptable (406) */
export function negotiate(accept: string | undefined, unfit?: AnswerFormat['as']): AnswerFormat {
  if (accept === undefined || accept === '') return plainJson;
  const format = remembering(accept);
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
