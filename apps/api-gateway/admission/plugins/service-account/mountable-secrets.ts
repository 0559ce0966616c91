import type { Container, Pod, ServiceAccount } from '@shiplog/domain';

const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';

/** Whether the account's pods may refer to no other secrets than it lists. */
const enforces = ({ metadata }: ServiceAccount): boolean =>
  ['1', 't', 'T', 'true', 'True', 'TRUE'].includes(metadata.annotations?.[enforceAnnotation] ?? '');

/** Why the pod may not refer to the secrets it does; undefined if it may. Pure. */
export function secretProblem(pod: Pod, account: ServiceAccount): string | undefined {
  if (!enforces(account)) return undefined;
  const { name } = account.metadata;
  const listed = new Set(account.secrets?.map((secret) => secret.name));
  const pullable = new Set(account.imagePullSecrets?.map((secret) => secret.name));
  const notAllowed = `is not allowed because service account ${name} does not reference that`;
  for (const { secret } of pod.spec.volumes ?? [])
    if (secret && !listed.has(secret.secretName ?? ''))
      return `volume with secret.secretName="${secret.secretName}" ${notAllowed} secret`;
  const { initContainers = [], containers = [] } = pod.spec;
  const used = [
    ...initContainers.flatMap((container) => environmentSecrets('init container', container)),
    ...containers.flatMap((container) => environmentSecrets('container', container)),
  ];
  const other = used.find(({ secret }) => !listed.has(secret));
  if (other) return `${other.where} referencing secret.secretName="${other.secret}" ${notAllowed} secret`;
  const at = (pod.spec.imagePullSecrets ?? []).findIndex((secret) => !pullable.has(secret.name));
  if (at < 0) return undefined;
  return `imagePullSecrets[${at}].name="${pod.spec.imagePullSecrets?.[at]?.name}" ${notAllowed} imagePullSecret`;
}

function environmentSecrets(kind: string, { name, env, envFrom }: Container): { where: string; secret: string }[] {
  const variables = (env ?? []).flatMap(({ name: variable, valueFrom }) =>
    valueFrom?.secretKeyRef
      ? [{ where: `${kind} ${name} with envVar ${variable}`, secret: valueFrom.secretKeyRef.name ?? '' }]
      : [],
  );
  const whole = (envFrom ?? []).flatMap(({ secretRef }) =>
    secretRef ? [{ where: `${kind} ${name} with envFrom`, secret: secretRef.name ?? '' }] : [],
  );
  return [...variables, ...whole];
}
