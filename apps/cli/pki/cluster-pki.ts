import { generateKeyPair } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMissing, replaceFile } from '../cluster/write-file.js';
import {
  createAuthority,
  expiresSoon,
  issueCertificate,
  reasonToReissue,
  type CertificateRequest,
  type KeyPair,
} from './certificates.js';

export interface ClusterPkiRequest {
  /** Addresses at which clients reach the API, besides loopback. */
  readonly apiAddresses: readonly string[];
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** Processes that run nodes by acting in their names, and serve at their addresses. */
  readonly hollowHosts?: readonly { readonly name: string; readonly addresses: readonly string[] }[];
}

/** Who gets a certificate, by file name. The one list of identities that the cluster issues at start-up. */
function identities({ apiAddresses, nodes, hollowHosts = [] }: ClusterPkiRequest): Record<string, CertificateRequest> {
  const kubernetes = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return {
    apiserver: {
      commonName: 'kube-apiserver',
      dnsNames: [...new Set(['localhost', hostname(), ...kubernetes])],
      addresses: [...new Set(['127.0.0.1', '::1', '10.96.0.1', ...apiAddresses])],
      usages: ['server'],
    },
    'apiserver-kubelet-client': {
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:masters'],
      usages: ['client'],
    },
    admin: { commonName: 'shiplog-admin', organizations: ['system:masters'], usages: ['client'] },
    ...Object.fromEntries(
      nodes.map(({ name, address }) => [
        name,
        {
          commonName: `system:node:${name}`,
          organizations: ['system:nodes'],
          dnsNames: [name],
          addresses: [address],
          usages: ['client', 'server'] as const,
        },
      ]),
    ),
    ...Object.fromEntries(
      hollowHosts.map(({ name, addresses }) => [
        name,
        { commonName: hollowHostUser(name), addresses, usages: ['client', 'server'] as const },
      ]),
    ),
  };
}

/** Whom the API sees in a process of hollow nodes; what it may do is in hollow-access.ts. */
export const hollowHostUser = (name: string): string => `system:shiplog:hollow-nodes:${name}`;

/**
 * Makes sure that the folder holds the authority, the ServiceAccount signing key and a certificate of every identity. What is
 * there and still serves stays as it is; what expires soon, or names the wrong addresses, is issued anew. Returns what was written.
 */
export async function ensureClusterPki(folder: string, request: ClusterPkiRequest, now: Date): Promise<string[]> {
  const written: string[] = [];
  const save = async (name: string, { certificate, key }: KeyPair): Promise<void> => {
    await replaceFile(join(folder, `${name}.key`), key);
    await replaceFile(join(folder, `${name}.crt`), certificate, 0o644);
    written.push(name);
  };

  let authority = await readKeyPair(folder, 'ca');
  if (!authority || expiresSoon(authority.certificate, now)) {
    authority = await createAuthority('shiplog-ca', now);
    await save('ca', authority);
  }
  for (const [name, wanted] of Object.entries(identities(request))) {
    const present = await readKeyPair(folder, name);
    if (!present || reasonToReissue(present.certificate, authority, wanted, now))
      await save(name, await issueCertificate(authority, wanted, now));
  }
  if (await ensureServiceAccountKey(folder)) written.push('sa');
  return written;
}

/** The key that signs ServiceAccount tokens: RSA, as every client library verifies RS256. Never renewed: that would void all tokens. */
async function ensureServiceAccountKey(folder: string): Promise<boolean> {
  if ((await read(join(folder, 'sa.key'))) && (await read(join(folder, 'sa.pub')))) return false;
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await replaceFile(join(folder, 'sa.key'), privateKey);
  await replaceFile(join(folder, 'sa.pub'), publicKey, 0o644);
  return true;
}

export async function readKeyPair(folder: string, name: string): Promise<KeyPair | undefined> {
  const [certificate, key] = [await read(join(folder, `${name}.crt`)), await read(join(folder, `${name}.key`))];
  return certificate && key ? { certificate, key } : undefined;
}

const read = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
