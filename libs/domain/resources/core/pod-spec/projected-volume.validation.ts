import { all, each } from '../../../api/findings.js';
import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { ProjectedVolumeSource, VolumeProjection } from '../../../api/generated/types.js';
import { isDnsSubdomain } from '../../../api/names.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { inFormat } from '../../rules.js';
import { fileMode, unreservedPath } from './volume-path.validation.js';
import { validateDownwardFile, validateKeyToPath } from './volume.validation.js';

const tenMinutes = 600;
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

/** The paths that a source writes, each with what a duplicate of it is blamed on. */
function writtenPaths({
  secret,
  configMap,
  downwardAPI,
  clusterTrustBundle,
  podCertificate,
}: VolumeProjection): { path: string; blame: string }[] {
  const keyed = (
    source: { name?: string; items?: { path: string }[] } | undefined,
  ): { path: string; blame: string }[] =>
    (source?.items ?? []).map(({ path }) => ({ path, blame: source?.name ?? '' }));
  const plain = (path: string | undefined): { path: string; blame: string }[] => (path ? [{ path, blame: path }] : []);
  return all(
    keyed(secret),
    keyed(configMap),
    each(downwardAPI?.items, ({ path }) => plain(path)),
    plain(clusterTrustBundle?.path),
    plain(podCertificate?.credentialBundlePath),
    plain(podCertificate?.keyPath),
    plain(podCertificate?.certificateChainPath),
  ).filter(({ path }) => path !== '');
}

const validateNamedItems = (
  { name, items = [] }: { name?: string; items?: { key: string; path: string; mode?: number }[] },
  at: FieldPath,
): FieldError[] =>
  all(
    name ? [] : [required(at.child('name'))],
    each(items, (item, i) => validateKeyToPath(item, at.child('items').index(i))),
  );

function validateToken(
  { expirationSeconds, path }: NonNullable<VolumeProjection['serviceAccountToken']>,
  volume: FieldPath,
  at: FieldPath,
): FieldError[] {
  const seconds = expirationSeconds ?? 3600;
  return all(
    seconds < tenMinutes
      ? [invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes')]
      : [],
    seconds > 2 ** 32
      ? [invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds')]
      : [],
    path ? unreservedPath(path, volume.child('path')) : [required(volume.child('path'))],
  );
}

function validateSignerName(name: string | undefined, at: FieldPath): FieldError[] {
  const [domain = '', path, ...rest] = (name ?? '').split('/');
  if (!name) return [required(at)];
  if (path === undefined || rest.length > 0)
    return [invalid(at, name, 'must be a fully qualified domain and path of the form "example.com/signer-name"')];
  return all(inFormat(isDnsSubdomain, domain, at), inFormat(isDnsSubdomain, path, at));
}

function validateTrustBundle(bundle: NonNullable<VolumeProjection['clusterTrustBundle']>, at: FieldPath): FieldError[] {
  const { name, signerName, labelSelector, path } = bundle;
  const source =
    name !== undefined && signerName !== undefined
      ? [invalid(at, bundle, 'only one of name and signerName may be used')]
      : name !== undefined
        ? all(
            name === '' ? [required(at.child('name'), 'must be a valid object name')] : [],
            labelSelector
              ? [invalid(at.child('labelSelector'), labelSelector, 'labelSelector must be unset if name is specified')]
              : [],
          )
        : signerName !== undefined
          ? all(
              validateSignerName(signerName, at.child('signerName')),
              validateLabelSelector(labelSelector, at.child('labelSelector')),
            )
          : [required(at, 'either name or signerName must be specified')];
  return all(source, path ? unreservedPath(path, at.child('path')) : [required(at.child('path'))]);
}

function validatePodCertificate(
  certificate: NonNullable<VolumeProjection['podCertificate']>,
  at: FieldPath,
): FieldError[] {
  const { signerName, keyType, maxExpirationSeconds: seconds } = certificate;
  const paths = (['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const).filter(
    (field) => certificate[field],
  );
  return all(
    validateSignerName(signerName, at.child('signerName')),
    keyTypes.includes(keyType) ? [] : [notSupported(at.child('keyType'), keyType, keyTypes)],
    seconds !== undefined && seconds < 3600
      ? [invalid(at.child('maxExpirationSeconds'), seconds, 'if provided, maxExpirationSeconds must be >= 3600')]
      : [],
    each(paths, (field) => unreservedPath(certificate[field] ?? '', at.child(field))),
    paths.length === 0
      ? [required(at, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath')]
      : [],
  );
}

function validateSource(source: VolumeProjection, volume: FieldPath, at: FieldPath): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
  return all(
    secret ? validateNamedItems(secret, at.child('secret')) : [],
    configMap ? validateNamedItems(configMap, at.child('configMap')) : [],
    each(downwardAPI?.items, (file) => validateDownwardFile(file, at.child('downwardAPI'))),
    serviceAccountToken ? validateToken(serviceAccountToken, volume, at.child('serviceAccountToken')) : [],
    clusterTrustBundle ? validateTrustBundle(clusterTrustBundle, at.child('clusterTrustBundle')) : [],
    podCertificate ? validatePodCertificate(podCertificate, at.child('podCertificate')) : [],
    Object.values(source).filter((one) => one !== undefined).length > 1
      ? [forbiddenField(at, 'may not specify more than 1 volume type per source')]
      : [],
  );
}

/** A projected volume merges several sources into one directory: no two may write the same path. */
export function validateProjected({ sources, defaultMode }: ProjectedVolumeSource, at: FieldPath): FieldError[] {
  const paths = each(sources, writtenPaths);
  return all(
    fileMode(defaultMode, at.child('defaultMode')),
    each(sources, (source, i) => validateSource(source, at, at.child('sources').index(i))),
    paths
      .filter(({ path }, i) => paths.findIndex((other) => other.path === path) < i)
      .map(({ blame }) => invalid(at, blame, 'conflicting duplicate paths')),
  );
}
