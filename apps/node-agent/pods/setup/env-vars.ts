import type { Container, EnvFromSource, EnvVar, Service } from '@shiplog/domain';
import { SetupError } from '../pod-host.js';
import { fieldValue, resourceValue, type DownwardFacts } from './downward-api.js';
import { expand } from './expansion.js';
import type { ReferencedObjects } from './referenced-objects.js';
import { serviceVariables } from './service-env.js';

export interface EnvInput extends DownwardFacts {
  readonly container: Container;
  readonly services: readonly Service[];
  readonly objects: ReferencedObjects;
}

/**
 * A container's variables: of Services, then of whole ConfigMaps and Secrets, then its own; later ones win, and values may refer to
 * earlier ones as `$(NAME)`. @throws SetupError when something that is not optional is missing.
 */
export async function environmentVariables(input: EnvInput): Promise<[string, string][]> {
  const { container, pod, services } = input;
  const ofServices = new Map(
    serviceVariables(visibleServices(pod.metadata.namespace, pod.spec.enableServiceLinks !== false, services)),
  );
  const own = new Map<string, string>();
  for (const source of container.envFrom ?? [])
    for (const [name, value] of await variablesFrom(source, input)) own.set(name, value);
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, input, (name) => own.get(name) ?? ofServices.get(name));
    if (value !== undefined) own.set(variable.name, value);
  }
  return [...new Map([...ofServices, ...own])];
}

/** The Services of the pod's namespace, where it wants links to them, and always the API itself. */
function visibleServices(namespace: string, links: boolean, services: readonly Service[]): Service[] {
  return services.filter(({ metadata }) => {
    const isApi = metadata?.namespace === 'default' && metadata.name === 'kubernetes';
    return isApi || (links && metadata?.namespace === namespace);
  });
}

async function variablesFrom(
  { prefix = '', configMapRef, secretRef }: EnvFromSource,
  { pod, objects }: EnvInput,
): Promise<[string, string][]> {
  const { namespace } = pod.metadata;
  if (configMapRef) {
    const { name = '', optional } = configMapRef;
    const configMap = await objects.configMap(namespace, name);
    if (!configMap && !optional) throw missing(`configmap "${name}" not found`);
    return Object.entries(configMap?.data ?? {}).map(([key, value]) => [prefix + key, value]);
  }
  if (!secretRef) return [];
  const { name = '', optional } = secretRef;
  const secret = await objects.secret(namespace, name);
  if (!secret && !optional) throw missing(`secret "${name}" not found`);
  return Object.entries(secret?.data ?? {}).map(([key, value]) => [prefix + key, decoded(value)]);
}

async function valueOf(
  { value, valueFrom }: EnvVar,
  input: EnvInput,
  known: (name: string) => string | undefined,
): Promise<string | undefined> {
  if (!valueFrom) return expand(value ?? '', known);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  const { namespace } = input.pod.metadata;
  if (fieldRef) return fieldValue(fieldRef.fieldPath, input);
  if (resourceFieldRef)
    return resourceValue(resourceFieldRef, containerFor(resourceFieldRef.containerName, input), input.allocatable);
  if (configMapKeyRef) {
    const { name = '', key, optional } = configMapKeyRef;
    const configMap = await input.objects.configMap(namespace, name);
    if (configMap?.data?.[key] !== undefined) return configMap.data[key];
    if (optional) return undefined;
    throw missing(
      configMap ? `couldn't find key ${key} in ConfigMap ${namespace}/${name}` : `configmap "${name}" not found`,
    );
  }
  if (!secretKeyRef) return undefined;
  const { name = '', key, optional } = secretKeyRef;
  const secret = await input.objects.secret(namespace, name);
  if (secret?.data?.[key] !== undefined) return decoded(secret.data[key]);
  if (optional) return undefined;
  throw missing(secret ? `couldn't find key ${key} in Secret ${namespace}/${name}` : `secret "${name}" not found`);
}

function containerFor(name: string | undefined, { container, pod }: EnvInput): Container {
  if (!name) return container;
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((other) => other.name === name) ?? container;
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

const missing = (message: string): SetupError => new SetupError('CreateContainerConfigError', message);
