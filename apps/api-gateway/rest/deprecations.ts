import type { AnyResource } from '@shiplog/domain';

/** Kinds that clients are warned about, whatever they do with them. */
const deprecated: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

export const deprecationOf = ({ group, plural }: AnyResource): string | undefined =>
  group === '' ? deprecated[plural] : undefined;
