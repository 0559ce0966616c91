import { all, each } from '../../../api/findings.js';
import type { Volume, VolumeProjection } from '../../../api/generated/types.js';

/** A path that a volume writes, and which of its sources does. */
interface Written {
  readonly path: string;
  readonly source: string;
}

const shown = ({ path, source }: Written): string =>
  source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;

const itemsOf = (items: readonly { path: string }[] | undefined, source = ''): Written[] =>
  (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));

/** Two files of one path, or a file where the other needs a folder. */
const overlap = (one: Written, other: Written): boolean =>
  one.path !== '' &&
  other.path !== '' &&
  (one.path === other.path || one.path.startsWith(`${other.path}/`) || other.path.startsWith(`${one.path}/`));

const overlaps = (written: readonly Written[]): string[] =>
  each(written, (one, i) =>
    written
      .slice(0, i)
      .filter((other) => overlap(one, other))
      .map((other) => `${shown(one)} with ${shown(other)}`),
  );

function projected({
  configMap,
  secret,
  downwardAPI,
  serviceAccountToken,
  clusterTrustBundle,
  podCertificate,
}: VolumeProjection): Written[] {
  if (configMap?.items) return itemsOf(configMap.items, `ConfigMap ${JSON.stringify(configMap.name)}`);
  if (secret?.items) return itemsOf(secret.items, `Secret ${JSON.stringify(secret.name)}`);
  if (downwardAPI?.items) return itemsOf(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken) return itemsOf([serviceAccountToken], 'ServiceAccountToken');
  if (clusterTrustBundle) {
    const { name, signerName, path } = clusterTrustBundle;
    return itemsOf([{ path }], `ClusterTrustBundle ${JSON.stringify(name ?? signerName)}`);
  }
  const part = (path: string | undefined, what: string): Written[] =>
    path ? itemsOf([{ path }], `PodCertificate ${what}`) : [];
  return all(
    part(podCertificate?.certificateChainPath, 'chain'),
    part(podCertificate?.keyPath, 'key'),
    part(podCertificate?.credentialBundlePath, 'credential bundle'),
  );
}

/** Warnings about files of a volume that overwrite each other, and about projections of nothing. */
export function overlappingPaths(volume: Volume): string[] {
  const { name, configMap, secret, downwardAPI } = volume;
  const named = (what: string, found: readonly string[]): string[] =>
    found.map((text) => `volume ${JSON.stringify(name)} (${what}): overlapping paths: ${text}`);
  const sources = volume.projected?.sources ?? [];
  const empty = sources.filter((source) => Object.values(source).every((part) => part === undefined));
  return all(
    named(`ConfigMap ${JSON.stringify(configMap?.name)}`, overlaps(itemsOf(configMap?.items))),
    named(`Secret ${JSON.stringify(secret?.secretName)}`, overlaps(itemsOf(secret?.items))),
    named('DownwardAPI', overlaps(itemsOf(downwardAPI?.items))),
    empty.map(() => `volume ${JSON.stringify(name)} (Projected) has no sources provided`),
    named('Projected', overlaps(each(sources, projected))),
  );
}
