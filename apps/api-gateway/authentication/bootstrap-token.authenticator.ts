import { timingSafeEqual } from 'node:crypto';
import type { ObjectReader, Secret } from '@shiplog/domain';
import { asAuthenticated } from './anonymous.authenticator.js';
import type { TokenAuthenticator } from './token-authenticator.js';

const bootstrapGroup = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

const sameText = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Tokens `<id>.<secret>` by which a new node introduces itself: Secrets `bootstrap-token-<id>` in kube-system. */
export const bootstrapTokenAuthenticator = (read: ObjectReader, now: () => Date): TokenAuthenticator => ({
  name: 'BootstrapToken',
  authenticateToken: (token, audiences) => {
    const [, id = '', key = ''] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token) ?? [];
    if (id === '') return undefined;
    const address = { group: '', plural: 'secrets', namespace: 'kube-system', name: `bootstrap-token-${id}` };
    const secret = read.get<Secret>(address);
    if (secret?.type !== 'bootstrap.kubernetes.io/token' || secret.metadata.deletionTimestamp) return undefined;
    const value = (field: string): string => Buffer.from(secret.data?.[field] ?? '', 'base64').toString('utf8');
    const groups = value('auth-extra-groups').split(',').filter(Boolean);
    const good =
      sameText(value('token-secret'), key) &&
      value('token-id') === id &&
      !hasExpired(value('expiration'), now()) &&
      value('usage-bootstrap-authentication') === 'true' &&
      groups.every((group) => bootstrapGroup.test(group));
    if (!good) return undefined;
    const user = { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...groups] };
    return { user: asAuthenticated(user), audiences };
  },
});

/** A time that cannot be read has passed. */
const hasExpired = (expiration: string, now: Date): boolean => {
  if (expiration === '') return false;
  const at = Date.parse(expiration);
  return Number.isNaN(at) || at <= now.getTime();
};
