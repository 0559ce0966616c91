import { negotiate } from './negotiation.js';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const accepted: [string | undefined, object][] = [
  [undefined, { media: 'json' }],
  ['*/*', { media: 'json' }],
  ['application/yaml', { media: 'yaml' }],
  ['application/vnd.kubernetes.protobuf,application/json', { media: 'json' }],
  ['application/vnd.kubernetes.protobuf', { media: 'protobuf' }],
  ['application/vnd.kubernetes.protobuf, application/json;q=0.1', { media: 'json' }],
  [`${table},application/json`, { media: 'json', as: 'Table', asVersion: 'v1' }],
  ['application/json;as=Nope;v=v1;g=meta.k8s.io, application/json', { media: 'json' }],
  ['application/json;q=0.5, application/yaml', { media: 'yaml' }],
  ['application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1', { as: 'PartialObjectMetadata' }],
  ['application/json; charset=utf-8', { media: 'json' }],
];
test.each(accepted)('%s is understood', (accept, format) => expect(negotiate(accept)).toMatchObject(format));

const refused: [string, RegExp][] = [
  ['text/html', /^406: Not Acceptable/],
  ['application/json;as=Nope;v=v1;g=meta.k8s.io', /^only the following media types/],
  ['application/*', /^406/],
  ['application/json;v=v2', /^only the following media types/],
];
test.each(refused)('%s is refused', (accept, message) => {
  expect(() => negotiate(accept)).toThrow(
    expect.objectContaining({ code: 406, message: expect.stringMatching(message) as string }),
  );
});
