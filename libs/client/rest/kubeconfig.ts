import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ClusterAccess } from './cluster-access.js';

interface Named<Key extends string, T> {
  readonly items: ReadonlyMap<string, { readonly value: T; readonly folder: string }>;
  readonly field: Key;
}
interface Cluster {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
}
interface User {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
  as?: string;
}
interface Context {
  cluster?: string;
  user?: string;
  namespace?: string;
}
interface KubeconfigFile {
  'current-context'?: string;
  clusters?: { name: string; cluster?: Cluster }[];
  users?: { name: string; user?: User }[];
  contexts?: { name: string; context?: Context }[];
}

/** A kubeconfig that cannot be used; says which file, what is missing and what would be right. */
export class KubeconfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

/** $KUBECONFIG (a list of files) or ~/.kube/config. */
export const kubeconfigFiles = (env: Record<string, string | undefined> = process.env): string[] =>
  env['KUBECONFIG'] ? env['KUBECONFIG'].split(delimiter).filter(Boolean) : [join(homedir(), '.kube', 'config')];

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

async function readKubeconfig(file: string, optional: boolean): Promise<KubeconfigFile> {
  try {
    return (parse(await readFile(file, 'utf8')) ?? {}) as KubeconfigFile;
  } catch (cause) {
    if (optional && isMissing(cause)) return {};
    throw new KubeconfigError(`cannot read kubeconfig ${file}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** The first file that defines a name wins, as with kubectl. */
function merged<Key extends 'cluster' | 'user' | 'context', T>(
  field: Key,
  files: readonly { folder: string; entries: readonly ({ name: string } & { [K in Key]?: T })[] }[],
): Named<Key, T> {
  const items = new Map<string, { value: T; folder: string }>();
  for (const { folder, entries } of files)
    for (const entry of entries) {
      const value = entry[field];
      if (value !== undefined && !items.has(entry.name)) items.set(entry.name, { value, folder });
    }
  return { items, field };
}

function named<Key extends string, T>({ items, field }: Named<Key, T>, name: string | undefined, where: string) {
  const found = name === undefined ? undefined : items.get(name);
  if (found) return found;
  throw new KubeconfigError(
    `${where}: no ${field} ${JSON.stringify(name ?? '')}; there are: ${[...items.keys()].join(', ') || 'none'}`,
  );
}

const pem = async (data: string | undefined, file: string | undefined, folder: string): Promise<Buffer | undefined> => {
  if (data !== undefined) return Buffer.from(data, 'base64');
  return file === undefined ? undefined : readFile(resolve(folder, file));
};

/**
 * Reads access to a cluster from kubeconfig files: the given context, or the current one.
 * @throws KubeconfigError naming what is missing.
 */
export async function loadKubeconfig(options: { file?: string; context?: string } = {}): Promise<ClusterAccess> {
  const paths = options.file === undefined ? kubeconfigFiles() : [options.file];
  const files = await Promise.all(
    paths.map(async (path) => ({
      folder: dirname(resolve(path)),
      config: await readKubeconfig(path, paths.length > 1),
    })),
  );
  const where = `kubeconfig ${paths.join(', ')}`;
  const wanted = options.context ?? files.map(({ config }) => config['current-context']).find(Boolean);
  const contexts = merged<'context', Context>(
    'context',
    files.map(({ folder, config }) => ({ folder, entries: config.contexts ?? [] })),
  );
  const clusters = merged<'cluster', Cluster>(
    'cluster',
    files.map(({ folder, config }) => ({ folder, entries: config.clusters ?? [] })),
  );
  const users = merged<'user', User>(
    'user',
    files.map(({ folder, config }) => ({ folder, entries: config.users ?? [] })),
  );
  const { value: context } = named(contexts, wanted, where);
  const { value: cluster, folder: clusterFolder } = named(clusters, context.cluster, where);
  const { value: user, folder: userFolder } = context.user
    ? named(users, context.user, where)
    : { value: {} as User, folder: clusterFolder };
  if (!cluster.server) throw new KubeconfigError(`${where}: cluster ${JSON.stringify(context.cluster)} has no server`);
  return defined<ClusterAccess>({
    server: cluster.server,
    ca: await pem(cluster['certificate-authority-data'], cluster['certificate-authority'], clusterFolder),
    cert: await pem(user['client-certificate-data'], user['client-certificate'], userFolder),
    key: await pem(user['client-key-data'], user['client-key'], userFolder),
    token: user.token,
    tokenFile: user.tokenFile === undefined ? undefined : resolve(userFolder, user.tokenFile),
    skipTlsVerify: cluster['insecure-skip-tls-verify'],
    tlsServerName: cluster['tls-server-name'],
    actAs: user.as,
    namespace: context.namespace,
  });
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Access as the ServiceAccount of the pod that this process runs in. */
export async function inClusterAccess(env: Record<string, string | undefined> = process.env): Promise<ClusterAccess> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port)
    throw new KubeconfigError('not inside a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: await readFile(join(serviceAccountFolder, 'ca.crt')),
    tokenFile: join(serviceAccountFolder, 'token'),
    namespace: (await readFile(join(serviceAccountFolder, 'namespace'), 'utf8')).trim(),
  };
}

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
