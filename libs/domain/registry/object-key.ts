import type { ObjectKey } from '../events/resource-event.js';
import type { AnyResource } from '../resources/define-resource.js';

/** Where the log keeps an object of a kind. */
export const objectKey = (
  { stream, group, plural, scope }: AnyResource,
  namespace: string,
  name: string,
): ObjectKey => ({
  stream,
  group,
  plural,
  namespace: scope === 'Namespaced' ? namespace : '',
  name,
});
