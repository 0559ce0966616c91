import { apiVersionOf, parseApiVersion, type GroupVersionKind } from '../../api/group-version.js';
import type { KubeObject } from '../../api/kube-object.js';
import { badRequest, StatusError } from '../../api/status-error.js';
import { kindType } from '../api-facts.js';
import { readAs, writtenAs } from './go-round-trip.js';
import { JsonSyntaxError, maxDepth, readJsonTree } from './json-tree.js';
import { decodeProtobuf, openEnvelope } from './protobuf.js';
import { ProtobufError } from './protobuf-reader.js';
import { scanJson, type JsonScan } from './scan-json.js';
import { strictErrors } from './strict-errors.js';
import { readYaml, YamlError } from './yaml-body.js';

/** What becomes of fields that the schema does not know, and of fields given twice: refused, mentioned, dropped. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface DecodedObject {
  readonly object: KubeObject;
  /** Texts for Warning headers. */
  readonly warnings: readonly string[];
}

type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';

/** A body as data, before anything is known of its kind. */
interface ParsedBody {
  readonly data: unknown;
  readonly text?: string;
  readonly scan?: JsonScan;
  readonly duplicates: readonly string[];
}

const utf8 = new TextDecoder('utf-8');
const shownBytes = 30;

/** The beginning of a body as errors quote it. */
function summary(body: Uint8Array): string {
  if (body.length === 0) return '<empty>';
  const bytes = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, shownBytes));
  return `${bytes.toString(bytes[0] === 0x7b ? 'utf8' : 'hex')}${body.length > shownBytes ? ' ...' : ''}`;
}

const exactNumbers = (text: string): unknown =>
  JSON.parse(text, function keepDigits(_key: string, value: unknown, ...rest: unknown[]): unknown {
    const source = (rest[0] as { source?: string } | undefined)?.source;
    const isLong = typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined;
    return isLong && /^-?[0-9]+$/.test(source) ? BigInt(source) : value;
  } as Parameters<typeof JSON.parse>[1]);

/** @throws JsonSyntaxError */
function parseJson(bytes: Uint8Array): ParsedBody {
  const text = utf8.decode(bytes);
  const scan = scanJson(bytes);
  if (scan.depth > maxDepth) readJsonTree(text);
  try {
    return { data: scan.longNumber ? exactNumbers(text) : (JSON.parse(text) as unknown), text, scan, duplicates: [] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    readJsonTree(text);
    throw new JsonSyntaxError(error.message, { cause: error });
  }
}

const goKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The kind that a body claims to be; the endpoint's own where it says nothing. @throws Error worded for the client */
function claimedKind(data: unknown, expected: GroupVersionKind): GroupVersionKind {
  if (data === null || data === undefined) return expected;
  if (!isObject(data))
    throw new JsonSyntaxError(
      `json: cannot unmarshal ${goKind(data)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  for (const name of ['apiVersion', 'kind'] as const) {
    const value = data[name];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw new JsonSyntaxError(`json: cannot unmarshal ${goKind(value)} into Go struct field .${name} of type string`);
  }
  const apiVersion = (data['apiVersion'] as string | null | undefined) ?? '';
  const kind = (data['kind'] as string | null | undefined) ?? '';
  return { ...(apiVersion === '' ? expected : parseApiVersion(apiVersion)), kind: kind === '' ? expected.kind : kind };
}

const notHandled = ({ version, kind }: GroupVersionKind, expected: GroupVersionKind, why: string): StatusError =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${expected.kind}: ${why}`);

const sameKind = (a: GroupVersionKind, b: GroupVersionKind): boolean =>
  a.group === b.group && a.version === b.version && a.kind === b.kind;

/** @throws BadRequest unless the body is of the kind that the endpoint takes. */
function checkKind(claimed: GroupVersionKind, expected: GroupVersionKind): void {
  if (sameKind(claimed, expected)) return;
  const { group, version, kind } = claimed;
  throw notHandled(
    claimed,
    expected,
    kindType(group, version, kind) === undefined
      ? `no kind "${kind}" is registered for version "${apiVersionOf(claimed)}"`
      : `the API version in the data (${apiVersionOf(claimed)}) or its kind does not match the expected (${apiVersionOf(expected)}, Kind=${expected.kind})`,
  );
}

const unrecognized = (expected: GroupVersionKind, why: string, body: Uint8Array): StatusError =>
  badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summary(body)})`);

const unsupportedMediaType = (): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );

/** `application/json; charset=utf-8` → application/json. @throws StatusError 415 */
function mediaTypeOf(contentType: string): MediaType {
  const plain = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (plain === '' || plain === 'application/json') return 'application/json';
  if (plain === 'application/yaml' || plain === 'application/vnd.kubernetes.protobuf') return plain;
  throw unsupportedMediaType();
}

const withoutBigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? 0 : value);

const duplicatesText = (duplicates: readonly string[]): string =>
  `yaml: unmarshal errors:\n${duplicates.map((text) => `  ${text}`).join('\n')}`;

/** What strict decoding has to say, beside keys that YAML itself finds twice, about a body whose data is well-formed and of the right types. */
function strictProblems({ text, data }: ParsedBody, typeName: string): string[] {
  return strictErrors(readJsonTree(text ?? JSON.stringify(data, withoutBigints)), typeName);
}

function typed(
  body: ParsedBody,
  typeName: string,
  claimed: GroupVersionKind,
  expected: GroupVersionKind,
  validation: FieldValidation,
): DecodedObject {
  const { value, error, keys, hasUnknownFields } = readAs(typeName, body.data);
  if (error !== undefined) throw notHandled(claimed, expected, error);
  const object = value as KubeObject;
  object.apiVersion = apiVersionOf(expected);
  object.kind = expected.kind;
  const isSuspect =
    hasUnknownFields || body.duplicates.length > 0 || (body.scan !== undefined && body.scan.keys !== keys);
  if (!isSuspect || validation === 'Ignore') return { object, warnings: [] };
  const problems = strictProblems(body, typeName);
  const { duplicates } = body;
  if (validation === 'Warn') return { object, warnings: [...duplicates, ...problems] };
  const faults = [...(duplicates.length > 0 ? [duplicatesText(duplicates)] : []), ...problems];
  if (faults.length > 0) throw notHandled(claimed, expected, `strict decoding error: ${faults.join(', ')}`);
  return { object, warnings: [] };
}

/** The type of a kind. @throws Error for one that is not built in; custom resources bring their own schema. */
function typeOf(kind: GroupVersionKind): string {
  const name = kindType(kind.group, kind.version, kind.kind);
  if (name === undefined) throw new Error(`${kind.kind} in ${apiVersionOf(kind)} is no built-in kind`);
  return name;
}

/** @throws StatusError 400 */
function parseBody(
  bytes: Uint8Array,
  mediaType: 'application/json' | 'application/yaml',
  expected: GroupVersionKind,
): ParsedBody {
  try {
    if (mediaType === 'application/json') return parseJson(bytes);
    const { data, duplicates } = readYaml(utf8.decode(bytes));
    return { data, duplicates };
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw unrecognized(expected, `couldn't get version/kind; json parse error: ${error.message}`, bytes);
    if (error instanceof YamlError) throw unrecognized(expected, error.message, bytes);
    throw error;
  }
}

function decodeProtobufBody(bytes: Uint8Array, expected: GroupVersionKind): DecodedObject {
  try {
    const { apiVersion, kind, raw } = openEnvelope(bytes);
    const claimed = claimedKind({ apiVersion, kind }, expected);
    checkKind(claimed, expected);
    const typeName = typeOf(expected);
    return typed({ data: decodeProtobuf(raw, typeName), duplicates: [] }, typeName, claimed, expected, 'Ignore');
  } catch (error) {
    if (error instanceof ProtobufError) throw unrecognized(expected, error.message, bytes);
    throw error;
  }
}

/**
 * A request's body as an object of a built-in kind: typed, unknown fields gone, scalars canonical, nothing defaulted. Well-formed JSON costs little more
 * than JSON.parse; text is looked at a second time only if it has unknown or duplicate fields. Pure. @throws StatusError 400 or 415
 */
export function decodeObject(
  bytes: Uint8Array,
  contentType: string,
  expected: GroupVersionKind,
  validation: FieldValidation,
): DecodedObject {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === 'application/vnd.kubernetes.protobuf') return decodeProtobufBody(bytes, expected);
  const body = parseBody(bytes, mediaType, expected);
  let claimed: GroupVersionKind;
  try {
    claimed = claimedKind(body.data, expected);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unrecognized(expected, `couldn't get version/kind; json parse error: ${error.message}`, bytes);
  }
  checkKind(claimed, expected);
  return typed(body, typeOf(expected), claimed, expected, validation);
}

/** JSON data, e.g. a patch's result, as an object of a built-in kind. Pure; `data` is not changed. @throws BadRequest */
export function convertObject(data: unknown, expected: GroupVersionKind, validation: FieldValidation): DecodedObject {
  let claimed: GroupVersionKind;
  try {
    claimed = claimedKind(data, expected);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
  checkKind(claimed, expected);
  return typed({ data, duplicates: [] }, typeOf(expected), claimed, expected, validation);
}

/** JSON or YAML text as data, whatever it says. @throws BadRequest saying where it cannot be read, or which keys of YAML that must be unique are not. */
export function parseData(
  text: string,
  contentType: 'application/json' | 'application/yaml',
  keys: 'any' | 'unique' = 'any',
): unknown {
  try {
    if (contentType === 'application/json') return parseJson(Buffer.from(text)).data;
    const { data, duplicates } = readYaml(text);
    if (keys === 'any' || duplicates.length === 0) return data;
    throw badRequest(duplicatesText(duplicates));
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof YamlError) throw badRequest(error.message);
    throw error;
  }
}

/**
 * An object of a built-in kind as the API prints it: fields in order, and null, 0 or {} where Go's structs have something to say. Run once before an
 * object is stored. Pure; objects of other kinds come back as they are.
 */
export function writtenObject(object: KubeObject): KubeObject {
  const name = kindType(
    parseApiVersion(object.apiVersion).group,
    parseApiVersion(object.apiVersion).version,
    object.kind,
  );
  return name === undefined ? object : (writtenAs(name, object) as KubeObject);
}
