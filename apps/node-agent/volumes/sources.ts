import type {
  ConfigMapProjection,
  DownwardAPIVolumeFile,
  KeyToPath,
  SecretProjection,
  ServiceAccountTokenProjection,
} from '@shiplog/domain';
import { containersOf } from '../pods/pod.js';
import { SetupError } from '../pods/pod-host.js';
import { fieldValue, resourceValue } from '../pods/setup/downward-api.js';
import type { VolumeFile, VolumeFiles } from './atomic-writer.js';
import type { VolumeContext } from './volume-plugin.js';

export const usualMode = 0o644;

/** Files of a ConfigMap. @throws SetupError if it, or a key that is asked for, is missing and not optional. */
export async function configMapFiles(
  { name = '', items, optional }: ConfigMapProjection,
  mode: number,
  { pod, objects }: VolumeContext,
): Promise<VolumeFiles> {
  const configMap = await objects.configMap(pod.metadata.namespace, name);
  if (!configMap && !optional) throw new SetupError('FailedMount', `configmap "${name}" not found`);
  const data = new Map([
    ...Object.entries(configMap?.data ?? {}).map(([key, text]): [string, Buffer] => [key, Buffer.from(text)]),
    ...decodedEntries(configMap?.binaryData),
  ]);
  return selected(data, items, mode, optional === true, 'configmap references non-existent config key');
}

/** Files of a Secret. @throws SetupError as configMapFiles. */
export async function secretFiles(
  { name = '', items, optional }: SecretProjection,
  mode: number,
  { pod, objects }: VolumeContext,
): Promise<VolumeFiles> {
  const secret = await objects.secret(pod.metadata.namespace, name);
  if (!secret && !optional) throw new SetupError('FailedMount', `secret "${name}" not found`);
  return selected(
    new Map(decodedEntries(secret?.data)),
    items,
    mode,
    optional === true,
    'references non-existent secret key',
  );
}

/** Files with fields of the pod in them. */
export function downwardFiles(
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
  context: VolumeContext,
): VolumeFiles {
  return new Map(
    items.map((item) => [item.path, { data: Buffer.from(downwardText(item, context)), mode: item.mode ?? mode }]),
  );
}

function downwardText({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile, context: VolumeContext): string {
  if (fieldRef) return fieldValue(fieldRef.fieldPath, context);
  const container = containersOf(context.pod).find(({ spec }) => spec.name === resourceFieldRef?.containerName);
  if (!resourceFieldRef || !container)
    throw new SetupError('FailedMount', 'a downward API file needs a field or a container resource');
  return resourceValue(resourceFieldRef, container.spec, context.allocatable);
}

/** A token of the pod's ServiceAccount, bound to the pod. Readable only for its user where all containers run as the same. */
export async function tokenFile(
  source: ServiceAccountTokenProjection,
  mode: number,
  { pod, fsGroup, tokens }: VolumeContext,
): Promise<VolumeFiles> {
  const token = await tokens.token(pod, source.audience, source.expirationSeconds ?? 3600);
  const owner = soleUser(pod);
  const file: VolumeFile = {
    data: Buffer.from(token),
    mode: fsGroup !== undefined || owner !== undefined ? 0o600 : mode,
    ...(owner === undefined ? {} : { owner }),
  };
  return new Map([[source.path, file]]);
}

function soleUser(pod: VolumeContext['pod']): number | undefined {
  const users = containersOf(pod).map(
    ({ spec }) => spec.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser,
  );
  return users.every((user) => user === users[0]) ? users[0] : undefined;
}

const decodedEntries = (data: Record<string, string> = {}): [string, Buffer][] =>
  Object.entries(data).map(([key, base64]) => [key, Buffer.from(base64, 'base64')]);

/** All keys, or those that are asked for, under their paths. */
function selected(
  data: ReadonlyMap<string, Buffer>,
  items: readonly KeyToPath[] | undefined,
  mode: number,
  optional: boolean,
  complaint: string,
): VolumeFiles {
  if (!items || items.length === 0) return new Map([...data].map(([key, value]) => [key, { data: value, mode }]));
  return new Map(
    items.flatMap((item): [string, VolumeFile][] => {
      const value = data.get(item.key);
      if (value) return [[item.path, { data: value, mode: item.mode ?? mode }]];
      if (optional) return [];
      throw new SetupError('FailedMount', `${complaint}: ${item.key}`);
    }),
  );
}
