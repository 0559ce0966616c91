import { badRequest, parseRevision, StatusError, type Revision } from '@shiplog/domain';

/** Where a list in pages goes on. Without a revision the next page shows the present, and those behind it that same moment. */
export interface ContinueToken {
  readonly revision?: Revision;
  /** Key of the last object that was answered. */
  readonly after: string;
  /** When the first page was answered, ms since the epoch. */
  readonly since: number;
}

interface Wire {
  readonly v: 'shiplog/v1';
  readonly rv?: string;
  readonly start: string;
  readonly t: number;
}

/** Pages of one moment can be had for five minutes. */
export const tokenLifeMs = 5 * 60 * 1000;

export const encodeToken = ({ revision, after, since }: ContinueToken): string => {
  const wire: Wire = {
    v: 'shiplog/v1',
    ...(revision === undefined ? {} : { rv: String(revision) }),
    start: after,
    t: since,
  };
  return Buffer.from(JSON.stringify(wire)).toString('base64url');
};

/** @throws BadRequest for what is no token of ours. */
export function decodeToken(text: string): ContinueToken {
  const wire = parsed(text);
  const revision = wire?.rv === undefined ? undefined : parseRevision(wire.rv);
  if (!wire || (wire.rv !== undefined && revision === undefined))
    throw badRequest('invalid continue token: continue key is not valid');
  return { ...(revision === undefined ? {} : { revision }), after: wire.start, since: wire.t };
}

function parsed(text: string): Wire | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const wire = value as Partial<Wire> | null;
  return wire?.v === 'shiplog/v1' && typeof wire.start === 'string' && typeof wire.t === 'number'
    ? (wire as Wire)
    : undefined;
}

/** 410: the moment of the first page is gone; the token in the answer goes on in the present. */
export const expiredToken = (after: string, now: number): StatusError =>
  new StatusError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    undefined,
    { continue: encodeToken({ after, since: now }) },
  );
