import { encodeProtobuf, type KubeObject, type WriteResult } from '@shiplog/domain';
import { stringify } from 'yaml';
import type { Answer } from '../request/incoming-request.js';
import { jsonHeaders } from '../request/status-answer.js';
import { negotiate, protobufType, type AnswerFormat } from './negotiation.js';
import type { ResourceCall } from './resource-call.js';
import { partialMetadata, tableOf } from './table.js';

export const yamlHeaders = { 'content-type': 'application/yaml' } as const;
const protobufHeaders = { 'content-type': protobufType } as const;

/** Any JSON value in the client's format. YAML is written for readers of its version 1.1 too: to them an unquoted `yes` is no text. */
export function valueAnswer(code: number, value: object, { media }: AnswerFormat): Answer {
  if (media === 'yaml')
    return { code, headers: yamlHeaders, body: stringify(value, { sortMapEntries: true, version: '1.1' }) };
  const bytes = media === 'protobuf' ? encodeProtobuf(value) : undefined;
  return bytes
    ? { code, headers: protobufHeaders, body: bytes }
    : { code, headers: jsonHeaders, body: `${JSON.stringify(value)}\n` };
}

/** Items of a list carry no kind and apiVersion of their own. */
export const untyped = ({
  kind: _kind,
  apiVersion: _apiVersion,
  ...object
}: Record<string, unknown>): Record<string, unknown> => object;

export const formatOf = ({ context }: ResourceCall): AnswerFormat =>
  negotiate(
    context.incoming.headers.accept,
    context.info.verb === 'list' ? 'PartialObjectMetadata' : 'PartialObjectMetadataList',
  );

/** One object; `bytes` is its JSON where it exists already: then nothing is parsed or serialized. */
export function objectAnswer(
  call: ResourceCall,
  code: number,
  bytes: Uint8Array | undefined,
  object: () => KubeObject,
): Answer {
  const format = formatOf(call);
  if (format.as === 'Table') return valueAnswer(code, tableOf(call, [object()], { version: format.asVersion }), format);
  if (format.as === 'PartialObjectMetadata')
    return valueAnswer(code, partialMetadata(object(), format.asVersion), format);
  return format.media === 'json' && bytes
    ? { code, headers: jsonHeaders, body: bytes }
    : valueAnswer(code, object(), format);
}

export const writtenAnswer = (call: ResourceCall, code: number, { object, body }: WriteResult): Answer =>
  objectAnswer(call, code, body, () => object);
