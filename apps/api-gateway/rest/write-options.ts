import {
  badRequest,
  invalid,
  invalidObject,
  notSupported,
  resourceFor,
  FieldPath,
  type FieldError,
  type WriteRequest,
} from '@shiplog/domain';
import type { RequestContext } from '../request/request-context.js';
import type { FieldValidation } from './object-codec.js';

export type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

const at = (field: string): FieldPath => FieldPath.of(field);
const validations = ['Ignore', 'Warn', 'Strict', ''];
const maxManagerLength = 128;

/** Which characters cannot be printed, and at which byte. */
export const unprintable = (text: string): string[] =>
  [...text.matchAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu)].map(({ 0: character, index }) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `invalid character U+${code} (at position ${Buffer.byteLength(text.slice(0, index))})`;
  });

function optionErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported(at('dryRun'), dryRun, ['All']));
  const manager = query.get('fieldManager') ?? '';
  if (Buffer.byteLength(manager) > maxManagerLength)
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${maxManagerLength} bytes`,
    });
  errors.push(...unprintable(manager).map((text) => invalid(at('fieldManager'), manager, text)));
  const validation = query.get('fieldValidation');
  if (validation !== null && !validations.includes(validation))
    errors.push(notSupported(at('fieldValidation'), validation, validations));
  return errors;
}

export function fieldValidationOf(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation');
  return value === 'Strict' || value === 'Ignore' ? value : 'Warn';
}

/** `kubectl/v1.32.4 (linux/amd64) …` owns its fields as `kubectl`: the first word before the slash. */
const managerOfUserAgent = (userAgent: string): string => userAgent.split('/')[0]?.slice(0, maxManagerLength) ?? '';

function viewOf({ info }: RequestContext): Pick<WriteRequest, 'view'> {
  const asked = resourceFor({ group: info.group, version: info.version, plural: info.resource });
  return asked?.storedAs ? { view: asked } : {};
}

/** What the registry must know of a writing request. @throws Invalid (422) for wrong options. */
export function writeRequest(context: RequestContext, kind: OptionsKind, verb = context.info.verb): WriteRequest {
  const { query, headers, sourceIp } = context.incoming;
  const errors = optionErrors(query);
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
  const userAgent = headers['user-agent'];
  const { traceparent } = headers;
  const fieldManager = query.get('fieldManager') || managerOfUserAgent(userAgent ?? '') || 'unknown';
  return {
    user: context.user,
    ...(context.impersonator ? { impersonator: context.impersonator } : {}),
    verb,
    subresource: context.info.subresource,
    correlationId: context.correlationId,
    ...(context.cause ? { causationId: context.cause } : {}),
    fieldManager,
    ...viewOf(context),
    ...(userAgent ? { userAgent } : {}),
    sourceIp,
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    dryRun: query.getAll('dryRun').includes('All'),
    options: {
      kind,
      apiVersion: 'meta.k8s.io/v1',
      ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
      ...(query.has('fieldManager') ? { fieldManager: query.get('fieldManager') } : {}),
      ...(query.has('fieldValidation') ? { fieldValidation: query.get('fieldValidation') } : {}),
    },
    warn: (text) => context.warnings.push(text),
    signal: context.signal,
  };
}

/** Positive whole number of a query; undefined if absent. @throws BadRequest */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?[0-9]{1,18}$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
