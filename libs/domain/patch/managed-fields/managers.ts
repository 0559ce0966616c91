import type { KubeObject, ManagedFieldsEntry } from '../../api/kube-object.js';
import { canonical, isEmptySet, type FieldSet } from '../structured/field-set.js';

export interface Ownership {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  readonly time?: string;
  /** The stored entry that says the same; gone once anything changes. */
  readonly entry?: ManagedFieldsEntry;
}

/** Who owns what, by manager identity. */
export type Managers = ReadonlyMap<string, Ownership>;

/** One applier is one whatever version it applies; an updater is told apart by version and subresource too. */
export const identityOf = ({
  manager,
  operation,
  apiVersion,
  subresource,
}: Pick<Ownership, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string =>
  JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);

/** Undefined if an entry is malformed: such managedFields are as good as none. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  const managers = new Map<string, Ownership>();
  for (const entry of entries ?? []) {
    const { manager = '', operation, apiVersion = '', subresource = '', fieldsType, fieldsV1, time } = entry;
    if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '' || fieldsType !== 'FieldsV1')
      return undefined;
    const fields = (fieldsV1 ?? {}) as FieldSet;
    const ownership = {
      manager,
      operation,
      apiVersion,
      subresource,
      fields,
      entry,
      ...(time === undefined ? {} : { time }),
    };
    managers.set(identityOf(ownership), ownership);
  }
  return managers;
}

const seconds = (time: string | undefined): number => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000));
const order = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

const byOperationAndTime = (a: Ownership, b: Ownership): number =>
  order(a.operation, b.operation) ||
  order(seconds(a.time), seconds(b.time)) ||
  order(a.manager, b.manager) ||
  order(a.apiVersion, b.apiVersion) ||
  order(a.subresource, b.subresource);

/** As metadata.managedFields stores them: appliers first, then by time and name; managers without fields are gone. */
export const encodeManagers = (managers: Managers): ManagedFieldsEntry[] =>
  [...managers.values()]
    .filter(({ fields }) => !isEmptySet(fields))
    .sort(byOperationAndTime)
    .map((ownership) => ownership.entry ?? storedEntry(ownership));

const storedEntry = ({ manager, operation, apiVersion, subresource, fields, time }: Ownership): ManagedFieldsEntry => ({
  ...(manager === '' ? {} : { manager }),
  operation,
  apiVersion,
  ...(time === undefined ? {} : { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: canonical(fields),
  ...(subresource === '' ? {} : { subresource }),
});

/** The object with other managedFields; none at all if the list is empty. */
export function withManagedFields<T extends KubeObject>(
  object: T,
  entries: readonly ManagedFieldsEntry[] | undefined,
): T {
  const { managedFields: _previous, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: entries === undefined || entries.length === 0 ? metadata : { ...metadata, managedFields: entries },
  };
}
