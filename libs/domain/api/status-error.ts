import type { FieldError } from './field-error.js';
import { groupResource } from './group-version.js';

/** Machine-readable reasons of metav1.Status that clients switch on. */
export type StatusReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'Invalid'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'TooManyRequests'
  | 'ServerTimeout'
  | 'Timeout'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'Unknown';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** metav1.Status, as answered for every error and for deletes. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, unknown>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** The only error that is thrown for an expected outcome. Guards test `reason`, never the class: it may cross the wire. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    readonly reason: StatusReason,
    message: string,
    readonly details?: StatusDetails,
    /** Extra list metadata, e.g. the fresh continue token of an expired one. */
    readonly metadata: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'StatusError';
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
      ...(this.reason === 'Unknown' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }

  static fromStatus(status: Status): StatusError {
    return new StatusError(
      status.code,
      status.reason ?? 'Unknown',
      status.message ?? '',
      status.details,
      status.metadata,
    );
  }
}

export const hasReason = (error: unknown, reason: StatusReason): error is StatusError =>
  error instanceof Error && (error as { reason?: unknown }).reason === reason;

interface Resource {
  readonly group: string;
  readonly plural: string;
}
interface Kind {
  readonly group: string;
  readonly kind: string;
}

const named = ({ group, plural }: Resource, name: string): StatusDetails => ({
  name,
  ...(group ? { group } : {}),
  kind: plural,
});

export const notFound = (resource: Resource, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${groupResource(resource)} "${name}" not found`, named(resource, name));

export const alreadyExists = (resource: Resource, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${groupResource(resource)} "${name}" already exists`, named(resource, name));

export const conflict = (resource: Resource, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResource(resource)} "${name}": ${why}`,
    named(resource, name),
  );

export const modifiedConflict = (resource: Resource, name: string): StatusError =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const unauthorized = (message = 'Unauthorized'): StatusError => new StatusError(401, 'Unauthorized', message);

export const forbidden = (resource: Resource, name: string, why: string): StatusError =>
  new StatusError(
    403,
    'Forbidden',
    `${groupResource(resource)} ${name === '' ? '' : `"${name}" `}is forbidden: ${why}`.replace(/^ is/, 'is'),
    { ...(name ? { name } : {}), ...(resource.group ? { group: resource.group } : {}), kind: resource.plural },
  );

/** 422 with one cause for each violated rule, worded `Kind "name" is invalid: [field: message, …]`. */
export function invalidObject({ group, kind }: Kind, name: string, errors: readonly FieldError[]): StatusError {
  // The causes name a fault as often as it was found, the text says it once.
  const texts = [...new Set(errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid: ${list}`, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    causes: errors.map(({ reason, field, message }) => ({ reason, message, field })),
  });
}

export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

export const timeout = (message: string, retryAfterSeconds = 1): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds });

export const unavailable = (message: string): StatusError =>
  new StatusError(503, 'ServiceUnavailable', message, { retryAfterSeconds: 1 });
