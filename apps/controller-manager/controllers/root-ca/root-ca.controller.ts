import { deepEqual, type ConfigMap, type Namespace } from '@shiplog/domain';
import { configMaps, namespaces } from '@shiplog/client';
import {
  create,
  defineController,
  nothing,
  plan,
  update,
  watch,
  type Controller,
  type Plan,
} from '@shiplog/controller-runtime';

export interface RootCaWorld {
  readonly namespace: Namespace;
  readonly published?: ConfigMap;
  readonly certificate: string;
}

const name = 'kube-root-ca.crt';
const annotations = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** Every namespace in use has the certificate by which its pods know the API server. Pure. */
export function planRootCa({ namespace, published, certificate }: RootCaWorld): Plan {
  if (namespace.status?.phase === 'Terminating' || namespace.metadata.deletionTimestamp) return nothing;
  const data = { 'ca.crt': certificate };
  if (!published) {
    const metadata = { name, namespace: namespace.metadata.name, annotations };
    return plan(create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));
  }
  const has = published.metadata.annotations?.['kubernetes.io/description'];
  if (deepEqual(published.data, data) && has !== undefined) return nothing;
  const metadata = { ...published.metadata, annotations: { ...published.metadata.annotations, ...annotations } };
  return plan(update(configMaps, { ...published, metadata, data }));
}

export const rootCaController = (certificate: string): Controller<Namespace, RootCaWorld> =>
  defineController({
    name: 'root-ca-cert-publisher',
    reconciles: namespaces,
    watches: [
      watch(configMaps, ({ current: { object } }) =>
        object.metadata.name === name ? [object.metadata.namespace ?? ''] : [],
      ),
    ],
    observe: (namespace, read) => ({
      namespace,
      certificate,
      published: read(configMaps).get(namespace.metadata.name, name),
    }),
    decide: planRootCa,
  });
