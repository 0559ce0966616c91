import { textWithoutManagedFields } from './without-managed-fields.js';

const entry = {
  manager: 'kubectl',
  fieldsV1: { 'f:spec': { 'k:{"name":"a]}\\""}': { '.': {} }, 'v:[{"b":[1]}]': {} } },
};
const { parse, stringify } = JSON;
const without = (object: unknown): unknown => parse(textWithoutManagedFields(Buffer.from(stringify(object))));
const kind = { kind: 'Pod', apiVersion: 'v1' };

describe('the text without managedFields', () => {
  it.each([
    ['behind other fields', { name: 'a', managedFields: [entry, entry] }, { name: 'a' }],
    ['before other fields', { managedFields: [entry], name: 'ä' }, { name: 'ä' }],
    ['between other fields', { name: 'a', managedFields: [entry], uid: 'u' }, { name: 'a', uid: 'u' }],
    ['alone', { managedFields: [entry] }, {}],
    ['empty', { name: 'a', managedFields: [] }, { name: 'a' }],
  ])('leaves out those that are %s', (_where, metadata, left) => {
    expect(without({ ...kind, metadata, spec: { x: ['é'] } })).toEqual({ ...kind, metadata: left, spec: { x: ['é'] } });
  });

  it.each([
    ['there are none', { ...kind, metadata: { name: 'a' } }],
    ['the spec has a field of that name', { ...kind, metadata: { name: 'a' }, spec: { managedFields: [entry] } }],
    ['a field of the metadata has one', { ...kind, metadata: { a: { managedFields: [entry] } } }],
    ['an annotation says so', { ...kind, metadata: { annotations: { a: '"managedFields":[{"a":1}],' } } }],
    ['there is no metadata', { managedFields: [entry] }],
  ])('is the whole text if %s', (_why, object) => {
    expect(without(object)).toEqual(object);
  });

  it('has only the first of both left out: that of the metadata', () => {
    const object = { ...kind, metadata: { managedFields: [entry] }, spec: { managedFields: [entry] } };
    expect(without(object)).toEqual({ ...object, metadata: {} });
  });
});
