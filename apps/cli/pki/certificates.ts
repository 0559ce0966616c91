import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509Certificate as IssuedCertificate,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1000;

/** A certificate and its private key (PKCS #8), as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Groups of a client, one O each. */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly usages: readonly ('client' | 'server')[];
}

/** How long what we issue is valid, and how long before its end it is issued anew. */
export const validity = { authorityDays: 3650, leafDays: 365, renewBeforeDays: 60 };

/** A new self-signed certificate authority. */
export async function createAuthority(commonName: string, now: Date): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ CN: [commonName] }],
      notBefore: new Date(now.getTime() - 60 * 60 * 1000),
      notAfter: new Date(now.getTime() + validity.authorityDays * day),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(
          KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
          true,
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return { certificate: pem(certificate), key: await privateKeyPem(keys.privateKey) };
}

/** A certificate signed by `authority`, with a new key. */
export async function issueCertificate(authority: KeyPair, request: CertificateRequest, now: Date): Promise<KeyPair> {
  const issuer = new IssuedCertificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ['sign'],
  );
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [
        ...(request.organizations ?? []).map((organization) => ({ O: [organization] })),
        { CN: [request.commonName] },
      ],
      issuer: issuer.subjectName,
      notBefore: new Date(now.getTime() - 60 * 60 * 1000),
      notAfter: new Date(now.getTime() + validity.leafDays * day),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension(
          request.usages.map((usage) =>
            usage === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth,
          ),
        ),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
        ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
      ],
    },
    webcrypto,
  );
  return { certificate: pem(certificate), key: await privateKeyPem(keys.privateKey) };
}

/** Why an existing certificate does not serve the request any more; undefined if it does. */
export function reasonToReissue(
  certificate: string,
  authority: KeyPair,
  request: CertificateRequest,
  now: Date,
): string | undefined {
  const found = new X509Certificate(certificate);
  if (!found.verify(new X509Certificate(authority.certificate).publicKey)) return 'it is signed by another authority';
  if (expiresSoon(certificate, now)) return `it expires on ${found.validTo}`;
  const subject = new Set(found.subject.split('\n'));
  const wanted = [`CN=${request.commonName}`, ...(request.organizations ?? []).map((o) => `O=${o}`)];
  if (wanted.some((part) => !subject.has(part))) return 'its subject differs';
  const missing = [
    ...(request.dnsNames ?? []).filter((name) => found.checkHost(name) === undefined),
    ...(request.addresses ?? []).filter((address) => found.checkIP(address) === undefined),
  ];
  return missing.length > 0 ? `it does not name ${missing.join(', ')}` : undefined;
}

/** Whether a certificate ends within the time in which we renew. */
export const expiresSoon = (certificate: string, now: Date): boolean =>
  new Date(new X509Certificate(certificate).validTo).getTime() - now.getTime() < validity.renewBeforeDays * day;

/** Positive and of 127 bits, as RFC 5280 asks. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

const pem = (certificate: IssuedCertificate): string => `${certificate.toString('pem')}\n`;

const privateKeyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
