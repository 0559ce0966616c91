import type { ResourceEvent } from '@shiplog/domain';

/** One entry of an audit log: audit.k8s.io/v1 Event, level Metadata. */
export interface AuditEvent {
  readonly kind: 'Event';
  readonly apiVersion: 'audit.k8s.io/v1';
  readonly [field: string]: unknown;
}

const statusCode = { created: 201, updated: 200, deleted: 200 } as const;

/** API version in a path: /api/v1/…, /apis/<group>/<version>/… */
const versionOf = (path: string): string | undefined => /^\/(?:api|apis\/[^/]+)\/([^/]+)\//.exec(path)?.[1];

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));

/** The change as whoever collects audit logs expects to read it. What happened inside is never shown, so Secrets stay secret. Pure. */
export function auditEventOf({ key, type, context, revision }: ResourceEvent): AuditEvent {
  const { user, groups, impersonator } = context;
  const actor = { username: user, groups };
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: context.id,
    stage: 'ResponseComplete',
    requestURI: context.subject,
    verb: context.verb,
    ...(impersonator === undefined ? { user: actor } : { user: { username: impersonator }, impersonatedUser: actor }),
    ...defined({ sourceIPs: context.sourceIp ? [context.sourceIp] : undefined, userAgent: context.userAgent }),
    objectRef: defined({
      resource: key.plural,
      namespace: key.namespace,
      name: key.name,
      apiGroup: key.group,
      apiVersion: versionOf(context.subject),
      resourceVersion: revision.toString(),
      subresource: context.subresource,
    }),
    responseStatus: { metadata: {}, code: statusCode[type] },
    requestReceivedTimestamp: micro(context.time),
    stageTimestamp: micro(context.time),
    annotations: defined({
      'shiplog.dev/revision': `${key.stream}/${revision}`,
      'shiplog.dev/correlation-id': context.correlationId,
      'shiplog.dev/cause': context.causationId,
      'shiplog.dev/change': context.change,
    }),
  };
}

/** MicroTime: six digits behind the second. */
const micro = (time: string): string =>
  time.replace(/(\.\d+)?Z$/, (_, fraction: string | undefined) => `${(fraction ?? '.').padEnd(7, '0')}Z`);
