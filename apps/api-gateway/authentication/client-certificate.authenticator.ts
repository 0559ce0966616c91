import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { X509Certificate } from '@peculiar/x509';
import { unauthorized, type UserInfo } from '@shiplog/domain';
import type { Authenticator } from './authenticator.js';

const uidAttribute = '1.3.6.1.4.1.57683.2';

/** A cluster has a few thousand certificates: one for each node and component. */
const maxRemembered = 10_000;

/** By SHA-256 of the certificate. To read one takes a millisecond, and a client with many watches has as many connections. */
const users = new Map<string, UserInfo>();

/** The user that a certificate names: its common name, and its organizations as groups. Undefined without a common name. @throws for what is no certificate */
export function userOfCertificate(der: Uint8Array): UserInfo | undefined {
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const known = users.get(fingerprint);
  if (known) return known;
  const user = namedIn(new X509Certificate(new Uint8Array(der)), fingerprint);
  if (users.size >= maxRemembered) users.clear();
  if (user) users.set(fingerprint, user);
  return user;
}

function namedIn({ subjectName }: X509Certificate, fingerprint: string): UserInfo | undefined {
  const name = subjectName.getField('CN')[0];
  if (name === undefined || name === '') return undefined;
  const uid = subjectName.getField(uidAttribute)[0];
  return {
    name,
    ...(uid === undefined ? {} : { uid }),
    groups: subjectName.getField('O'),
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  };
}

/** Trusts what TLS has verified: the certificate is of the cluster's authority, for clients, and not expired. */
export const clientCertificateAuthenticator: Authenticator = {
  name: 'ClientCertificate',
  authenticate: ({ clientCertificate }) => {
    if (clientCertificate === undefined) return Promise.resolve(undefined);
    try {
      return Promise.resolve(userOfCertificate(clientCertificate));
    } catch {
      return Promise.reject(unauthorized());
    }
  },
};
