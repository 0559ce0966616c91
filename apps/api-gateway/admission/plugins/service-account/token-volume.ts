import type { Container, Pod, Volume } from '@shiplog/domain';

const volumePrefix = 'kube-api-access-';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A token for an hour and seven seconds: the lifetime by which tokens of this volume are told from asked-for ones. */
const tokenLifetimeSeconds = 3607;

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenLifetimeSeconds, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
});

/** Gives every container that has nothing at the place where clients look the token, the CA and the namespace. Changes the pod. */
export function mountToken({ spec }: Pod, newName: (prefix: string) => string): void {
  const existing = spec.volumes?.find(({ name }) => name.startsWith(volumePrefix))?.name;
  const name = existing ?? newName(volumePrefix);
  const lacking = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter((each) => !hasMount(each));
  for (const container of lacking)
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
  if (existing === undefined && lacking.length > 0) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

const hasMount = ({ volumeMounts }: Container): boolean =>
  volumeMounts?.some((mount) => mount.mountPath === mountPath) ?? false;
