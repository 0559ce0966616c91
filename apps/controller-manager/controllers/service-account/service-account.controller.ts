import type { Namespace, ServiceAccount } from '@shiplog/domain';
import { namespaces, serviceAccounts } from '@shiplog/client';
import { create, defineController, nothing, plan, watch, type Plan } from '@shiplog/controller-runtime';

export interface ServiceAccountWorld {
  readonly namespace: Namespace;
  readonly account?: ServiceAccount;
}

const name = 'default';

/** Every namespace in use has the account that pods run as when they name none. Pure. */
export function planServiceAccount({ namespace, account }: ServiceAccountWorld): Plan {
  if (account || namespace.status?.phase === 'Terminating' || namespace.metadata.deletionTimestamp) return nothing;
  const metadata = { name, namespace: namespace.metadata.name };
  return plan(create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }));
}

export const serviceAccountController = defineController<Namespace, ServiceAccountWorld>({
  name: 'service-account-controller',
  reconciles: namespaces,
  watches: [
    watch(serviceAccounts, ({ type, current: { object } }) =>
      type === 'deleted' && object.metadata.name === name ? [object.metadata.namespace ?? ''] : [],
    ),
  ],
  observe: (namespace, read) => ({
    namespace,
    account: read(serviceAccounts).get(namespace.metadata.name, name),
  }),
  decide: planServiceAccount,
});
