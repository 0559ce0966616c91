import { randomUUID } from 'node:crypto';
import {
  conflict,
  FieldPath,
  invalid,
  invalidObject,
  metaTime,
  notFound,
  type Admission,
  type AnyResource,
  type FieldError,
  type KubeObject,
} from '@shiplog/domain';
import type * as Api from '@shiplog/domain';
import { credentialId } from '../../authentication/service-account-token/claims.js';
import type { ServiceAccountKeys } from '../../authentication/service-account-token/service-account-keys.js';
import { signToken } from '../../authentication/service-account-token/sign-token.js';
import type { RequestContext } from '../../request/request-context.js';
import { writeRequest } from '../../rest/write-options.js';
import { actionAnswer } from '../action-answer.js';
import { actionKind, decodeAction } from '../action-body.js';
import type { SubresourceHandler } from '../subresource.js';
import { boundObjects } from './bound-objects.js';

/** Its spec is always there once it has been decoded. */
type TokenRequest = Api.TokenRequest & { spec: Api.TokenRequestSpec };

export interface TokenIssuer {
  readonly keys: ServiceAccountKeys;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly admission: Admission;
}

const accounts = { group: '', plural: 'serviceaccounts' };

const defaultLifetimeSeconds = 3600;
/** What pods get mounted asks for this; it is renewed every hour, but must not fail clients that read it once only. */
const mountedLifetimeSeconds = 3607;
const extendedLifetimeSeconds = 365 * 24 * 3600;
const leastLifetimeSeconds = 600;

const kind: AnyResource = {
  ...actionKind('authentication.k8s.io', 'TokenRequest'),
  defaults: (request: Partial<TokenRequest>) => {
    request.spec ??= {};
    request.spec.expirationSeconds ??= defaultLifetimeSeconds;
  },
};

/** POST serviceaccounts/<name>/token: a signed token for the account, which falls with the object that it is bound to. */
export const serviceAccountToken = ({ keys, issuer, audiences, admission }: TokenIssuer): SubresourceHandler => ({
  resource: accounts,
  name: 'token',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const { namespace, name } = context.info;
    const request = await decodeAction<TokenRequest>(context, gateway, kind);
    const account = await gateway.cache.latest({ ...accounts, namespace, name }, context.signal);
    if (account === undefined) throw notFound(accounts, name);
    const { user, dryRun, options, warn } = writeRequest(context, 'CreateOptions');
    const asked = { resource, subresource: 'token', namespace, name, user, dryRun, options, warn, read: gateway.cache };
    // What the client left open stays open for admission: a node may ask for its pods' tokens of no audience in particular.
    await admission.admit({ ...asked, operation: 'CREATE', object: request }, context.signal);
    complete(request, account, audiences, context);
    await admission.validate({ ...asked, operation: 'CREATE', object: request }, context.signal);

    const bound = await boundObjects(request.spec.boundObjectRef, account, gateway.cache, context.signal);
    const asksFor = request.spec.expirationSeconds ?? defaultLifetimeSeconds;
    const forUs = (request.spec.audiences ?? []).every((audience) => audiences.includes(audience));
    const extended = bound.pod !== undefined && asksFor === mountedLifetimeSeconds && forUs;
    const id = randomUUID();
    const issuedAt = context.receivedAt;
    const warnAfter = Math.floor(issuedAt.getTime() / 1000) + asksFor;
    const token = await signToken(keys, {
      claim: {
        namespace,
        serviceaccount: referenceTo(account),
        ...bound,
        ...(extended ? { warnafter: warnAfter } : {}),
      },
      issuer,
      audiences: request.spec.audiences ?? [],
      issuedAt,
      lifetimeSeconds: extended ? extendedLifetimeSeconds : asksFor,
      id,
    });
    context.auditAnnotations['authentication.kubernetes.io/issued-credential-id'] = credentialId(id);
    const expirationTimestamp = metaTime(new Date(issuedAt.getTime() + asksFor * 1000));
    // Clients know a token that is bound to nothing by this null.
    const spec = { ...request.spec, boundObjectRef: request.spec.boundObjectRef ?? null };
    return actionAnswer(context, { ...request, spec, status: { expirationTimestamp, token } });
  },
});

const referenceTo = ({ metadata }: KubeObject): { name: string; uid: string } => ({
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
});

/** Fills in what the request leaves open. Changes it. @throws Invalid or Conflict if it speaks of another account. */
function complete(
  request: TokenRequest,
  { metadata }: KubeObject,
  audiences: readonly string[],
  { receivedAt }: RequestContext,
): void {
  const { name = '', namespace = '', uid = '' } = metadata;
  const asked = request.metadata;
  const field = (path: string): FieldPath => FieldPath.of('metadata', path);
  if (asked.name && asked.name !== name)
    throw refused(name, invalid(field('name'), asked.name, 'must match the service account name if specified'));
  if (asked.namespace && asked.namespace !== namespace)
    throw refused(
      name,
      invalid(field('namespace'), asked.namespace, 'must match the service account namespace if specified'),
    );
  if (asked.uid && asked.uid !== uid)
    throw conflict(
      { group: 'authentication.k8s.io', plural: 'TokenRequest' },
      name,
      `the UID in the token request (${asked.uid}) does not match the UID of the service account (${uid})`,
    );
  request.metadata = { ...asked, name, namespace, uid, creationTimestamp: metaTime(receivedAt) };
  request.spec.audiences = request.spec.audiences?.length ? request.spec.audiences : [...audiences];
  const lifetime = FieldPath.of('spec', 'expirationSeconds');
  const seconds = request.spec.expirationSeconds ?? defaultLifetimeSeconds;
  if (seconds < leastLifetimeSeconds)
    throw refused('', invalid(lifetime, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32)
    throw refused('', invalid(lifetime, seconds, 'may not specify a duration larger than 2^32 seconds'));
}

const refused = (name: string, error: FieldError): Error => invalidObject(kind, name, [error]);
