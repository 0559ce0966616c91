import { servedResources } from '../schema/api-facts.js';
import { ProtobufReader } from '../schema/decode/protobuf-reader.js';
import { gnosticDocument } from './gnostic.js';
import { OpenApi } from './openapi.js';

const container = 'io.k8s.api.core.v1.ContainerPort';
const openApi = new OpenApi(() => Promise.resolve({ [container]: { '': 'A port.', protocol: 'TCP or UDP.' } }));

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const document = async (path: string): Promise<any> =>
  JSON.parse((await openApi.answer(path))?.body.toString() ?? 'null');

describe('OpenAPI v3', () => {
  it('lists every group and version with the hash of its document', async () => {
    const { paths } = await document('/openapi/v3');
    expect(Object.keys(paths)).toContain('apis/autoscaling/v1');
    const etag = (await openApi.answer('/openapi/v3/apis/apps/v1'))?.etag.replaceAll('"', '');
    expect(paths['apis/apps/v1']).toEqual({ serverRelativeURL: `/openapi/v3/apis/apps/v1?hash=${etag}` });
  });

  it('describes a type with its fields, defaults and values', async () =>
    expect((await document('/openapi/v3/api/v1')).components.schemas[container]).toEqual({
      description: 'A port.',
      type: 'object',
      required: ['containerPort'],
      properties: {
        name: { type: 'string' },
        hostPort: { type: 'integer', format: 'int32' },
        containerPort: { type: 'integer', format: 'int32', default: 0 },
        protocol: { description: 'TCP or UDP.', type: 'string', default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'] },
        hostIP: { type: 'string' },
      },
    }));

  it('says how lists merge', async () =>
    expect(
      (await document('/openapi/v3/api/v1')).components.schemas['io.k8s.api.core.v1.PodSpec'].properties.containers,
    ).toEqual({
      type: 'array',
      items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }], default: {} },
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    }));

  it('tells kubectl that PATCH validates fields', async () => {
    const { patch } = (await document('/openapi/v3/apis/apps/v1')).paths[
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}'
    ];
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toContain('fieldValidation');
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
  });

  it('states once what all requests of a path take', async () => {
    const { parameters, get, put } = (await document('/openapi/v3/api/v1')).paths[
      '/api/v1/namespaces/{namespace}/configmaps/{name}'
    ];
    const names = (list: { name: string }[]): string[] => list.map(({ name }) => name);
    expect(names(parameters)).toEqual(['namespace', 'name', 'pretty']);
    expect([get.parameters, names(put.parameters)]).toEqual([undefined, ['dryRun', 'fieldManager', 'fieldValidation']]);
  });

  it.each([
    ['/api/v1/', ['get']],
    ['/api/v1/watch/namespaces/{namespace}/pods/{name}', ['get']],
    ['/api/v1/nodes/{name}/proxy/{path}', ['delete', 'get', 'head', 'options', 'patch', 'post', 'put']],
    ['/api/v1/namespaces/{namespace}/pods/{name}/exec', ['get', 'post']],
  ])('knows the requests of %s', async (path, methods) => {
    const item = (await document('/openapi/v3/api/v1')).paths[path];
    expect(
      Object.keys(item)
        .filter((key) => key !== 'parameters')
        .sort(),
    ).toEqual(methods);
  });

  it.each([
    ['version', '/version/', 'io.k8s.apimachinery.pkg.version.Info'],
    ['apis/apps', '/apis/apps/', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup'],
  ])('describes the document at %s', async (name, path, type) => {
    const { paths, components } = await document(`/openapi/v3/${name}`);
    expect([Object.keys(paths), type in components.schemas]).toEqual([[path], true]);
  });

  it('refers to nothing that it does not define', async () => {
    for (const { group, version } of servedResources) {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      const text = JSON.stringify(await document(`/openapi/v3/${path}`));
      const { schemas } = (JSON.parse(text) as { components: { schemas: object } }).components;
      const missing = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].filter(
        ([, name]) => !((name ?? '') in schemas),
      );
      expect(missing).toEqual([]);
    }
  });

  it.each(['/openapi/v3/apis/nope/v1', '/openapi/v3/apis/apps/v2', '/openapi/v4'])('has nothing at %s', async (path) =>
    expect(await openApi.answer(path)).toBeUndefined(),
  );
});

describe('OpenAPI v2', () => {
  it('gives every request an id of its own', async () => {
    const { paths } = await document('/openapi/v2');
    const ids = Object.values(paths).flatMap((item) =>
      Object.entries(item as object)
        .filter(([key]) => key !== 'parameters')
        .map(([, { operationId }]) => operationId as string),
    );
    expect(ids.length).toBeGreaterThan(500);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is protobuf for those who ask for it', async () => {
    const type = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const answer = await openApi.answer('/openapi/v2', type);
    expect(answer?.contentType).toBe(type.replace('@', '.'));
    const reader = new ProtobufReader(answer?.body ?? new Uint8Array());
    const fields: number[] = [];
    while (!reader.done) {
      const { number, wire } = reader.tag();
      fields.push(number);
      reader.skip(wire);
    }
    expect(fields).toEqual([1, 2, 8, 9]);
  });
});

it('writes protobuf byte by byte as gnostic does', () =>
  expect(
    gnosticDocument({
      swagger: '2.0',
      info: { title: 'K', version: '1' },
      definitions: { a: { type: 'object', required: ['b'] } },
    }).toString('hex'),
  ).toBe(
    // swagger, info, empty paths, definitions { name: a, value { required: [b], type { value: [object] } } }
    '0a03322e3012060a014b12013142004a160a140a0161120f9a010162b201080a066f626a656374',
  ));
