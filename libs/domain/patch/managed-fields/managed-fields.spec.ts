import fc from 'fast-check';
import type { KubeObject, ManagedFieldsEntry } from '../../api/kube-object.js';
import { StatusError } from '../../api/status-error.js';
import { configMapSchema, deploymentSchema } from '../fixtures/schemas.js';
import { serverSideApply } from './server-side-apply.js';
import { settled, trackUpdate, type WriterContext } from './track-update.js';

const noon = '2026-01-01T12:00:00Z';
const later = '2026-01-01T12:00:05Z';
const by = (manager: string, now = noon): WriterContext => ({
  manager,
  apiVersion: 'v1',
  now,
  schema: configMapSchema,
});
const applying = (manager: string, force = false, now = noon) => ({ ...by(manager, now), kind: 'ConfigMap', force });

const configMap = (data: Record<string, string>, metadata: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'n', ...metadata },
  ...(Object.keys(data).length === 0 ? {} : { data }),
});
const stored = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' },
});
const owned = (object: KubeObject): Record<string, unknown> =>
  Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry: ManagedFieldsEntry) => [
      `${entry.manager ?? ''} ${entry.operation ?? ''}${entry.subresource === undefined ? '' : ` ${entry.subresource}`}`,
      entry.fieldsV1,
    ]),
  );

describe('tracking of creates and updates', () => {
  const created = stored(trackUpdate(undefined, configMap({ x: '1' }, { labels: { a: 'b' } }), by('kubectl-create')));

  it('gives the creator all but identity', () => {
    expect(created.metadata.managedFields).toEqual([
      {
        manager: 'kubectl-create',
        operation: 'Update',
        apiVersion: 'v1',
        time: noon,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { '.': {}, 'f:x': {} }, 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } },
      },
    ]);
  });

  it('owns inner structs of built-in types by their fields only', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: 'b' } },
        strategy: { rollingUpdate: { maxSurge: 1 } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] },
        },
      },
    };
    const tracked = trackUpdate(undefined, deployment, { ...by('m'), apiVersion: 'apps/v1', schema: deploymentSchema });
    expect(owned(tracked)).toEqual({
      'm Update': {
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} } },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"c"}': {
                  '.': {},
                  'f:image': {},
                  'f:name': {},
                  'f:resources': {},
                  'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                },
              },
            },
          },
        },
      },
    });
  });

  it('returns the live object for a write that changes nothing', () => {
    const same = configMap({ x: '1' }, { labels: { a: 'b' }, uid: 'u' });
    expect(trackUpdate(created, same, by('other', later))).toBe(created);
  });

  it('moves what changed to the writer and keeps the time of who changed nothing', () => {
    const updated = trackUpdate(created, { ...created, data: { x: '2', y: '3' } }, by('other', later));
    expect(owned(updated)).toEqual({
      'kubectl-create Update': { 'f:data': {}, 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } },
      'other Update': { 'f:data': { 'f:x': {}, 'f:y': {} } },
    });
    expect(updated.metadata.managedFields?.map(({ time }) => time)).toEqual([noon, later]);
  });

  it('drops removed fields, empty managers with them, and moves no time for it', () => {
    const other = trackUpdate(created, { ...created, data: { x: '1', y: '3' } }, by('other', later));
    const removed = trackUpdate(other, { ...other, data: { x: '1' } }, by('third', later));
    expect(removed.metadata.managedFields).toEqual(created.metadata.managedFields);
  });

  it('keeps subresources apart and ignores what the endpoint resets', () => {
    const status = { ...created, status: { phase: 'x' } };
    const reset = { resetFields: { 'f:status': {} } };
    expect(owned(trackUpdate(created, { ...status, data: {} }, { ...by('m', later), ...reset }))).toEqual({
      'kubectl-create Update': { 'f:data': {}, 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } },
    });
    expect(
      owned(trackUpdate(created, status, { ...by('m', later), subresource: 'status', schema: undefined }))[
        'm Update status'
      ],
    ).toEqual({
      'f:status': { '.': {}, 'f:phase': {} },
    });
  });

  it.each([[[]], [[{}]]])('forgets ownership when asked with %j', (managedFields) => {
    const next = trackUpdate(created, { ...created, metadata: { ...created.metadata, managedFields } }, by('m', later));
    expect(next.metadata.managedFields).toBeUndefined();
    expect(trackUpdate(next, { ...next, data: { z: '1' } }, by('m', later)).metadata.managedFields).toBeUndefined();
  });

  it('keeps at most ten updaters, the oldest merged', () => {
    let object = created;
    for (let i = 0; i < 12; i++)
      object = trackUpdate(
        object,
        { ...object, data: { ...(object['data'] as object), [`k${i}`]: '1' } },
        by(`m${String(i).padStart(2, '0')}`, `2026-01-01T13:00:${String(i).padStart(2, '0')}Z`),
      );
    expect(object.metadata.managedFields).toHaveLength(10);
    expect(owned(object)).toHaveProperty(['ancient-changes Update', 'f:data', 'f:x']);
  });

  it('takes a missing key for an empty one, which validation then refuses', () => {
    const applied = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { spec: { containers: [{ image: 'i' }] } } },
    };
    const context = { ...applying('m'), apiVersion: 'apps/v1', kind: 'Deployment', schema: deploymentSchema };
    expect(JSON.stringify(owned(serverSideApply(undefined, applied, context)))).toContain('k:{\\"name\\":\\"\\"}');
  });

  it('takes a list of a custom resource as a whole', () => {
    const custom = { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'x' }, spec: { items: [{ name: 'a' }] } };
    expect(owned(trackUpdate(undefined, custom, { manager: 'm', apiVersion: 'x/v1', now: noon }))).toEqual({
      'm Update': { 'f:spec': { '.': {}, 'f:items': {} } },
    });
  });

  it('does not count moved times as a change', () => {
    const restamped = {
      ...created,
      metadata: {
        ...created.metadata,
        managedFields: created.metadata.managedFields?.map((entry) => ({ ...entry, time: later })),
      },
    };
    expect(settled(created, restamped)).toBe(created);
    expect(settled(created, { ...restamped, data: {} })).not.toBe(created);
  });
});

describe('server-side apply', () => {
  const applied = stored(serverSideApply(undefined, configMap({ x: '1', y: '2' }), applying('m')));

  it('creates and owns what it states', () => {
    expect(applied).toEqual({
      ...stored(configMap({ x: '1', y: '2' })),
      metadata: {
        ...stored(configMap({})).metadata,
        managedFields: [
          expect.objectContaining({
            manager: 'm',
            operation: 'Apply',
            fieldsV1: { 'f:data': { 'f:x': {}, 'f:y': {} } },
          }),
        ],
      },
    });
  });

  it('changes nothing the second time', () => {
    expect(serverSideApply(applied, configMap({ x: '1', y: '2' }), applying('m', false, later))).toBe(applied);
  });

  it('removes what it states no more', () => {
    expect(serverSideApply(applied, configMap({ x: '1' }), applying('m', false, later))['data']).toEqual({ x: '1' });
  });

  it('keeps what another applier states too', () => {
    const both = serverSideApply(applied, configMap({ y: '2' }), applying('n', false, later));
    expect(serverSideApply(both, configMap({ x: '1' }), applying('m', false, later))['data']).toEqual({
      x: '1',
      y: '2',
    });
  });

  it('gives a new applier of the same values no time, as the object did not change', () => {
    const both = serverSideApply(applied, configMap({ x: '1' }), applying('n', false, later));
    expect(both.metadata.managedFields?.map(({ manager, time }) => [manager, time])).toEqual([
      ['n', undefined],
      ['m', noon],
    ]);
  });

  it('names each field that somebody else owns', () => {
    const act = (): unknown => serverSideApply(applied, configMap({ x: '9', y: '9' }), applying('n'));
    expect(act).toThrow('Apply failed with 2 conflicts: conflicts with "m":\n- .data.x\n- .data.y');
    let causes: unknown;
    try {
      act();
    } catch (error) {
      causes = error instanceof StatusError ? error.details?.causes : undefined;
    }
    expect(causes).toEqual(
      ['.data.x', '.data.y'].map((field) => ({ reason: 'FieldManagerConflict', message: 'conflict with "m"', field })),
    );
  });

  it('words a single conflict with an updater by its version', () => {
    const created = trackUpdate(undefined, configMap({ x: '1' }), by('kubectl-create'));
    expect(() => serverSideApply(stored(created), configMap({ x: '5' }), applying('m'))).toThrow(
      'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.x',
    );
  });

  it('takes fields over by force', () => {
    const forced = serverSideApply(applied, configMap({ x: '9' }), applying('n', true, later));
    expect(forced['data']).toEqual({ x: '9', y: '2' });
    expect(owned(forced)).toEqual({ 'm Apply': { 'f:data': { 'f:y': {} } }, 'n Apply': { 'f:data': { 'f:x': {} } } });
  });

  it('lets kubectl take over what its client-side apply set', () => {
    const configuration = JSON.stringify(configMap({ x: '1' }));
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': configuration };
    const clientSide = stored(
      trackUpdate(undefined, configMap({ x: '1' }, { annotations }), by('kubectl-client-side-apply')),
    );
    const next = serverSideApply(clientSide, configMap({ x: '2' }), applying('kubectl', false, later));
    expect(next['data']).toEqual({ x: '2' });
    expect(next.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration':
        '{"apiVersion":"v1","data":{"x":"2"},"kind":"ConfigMap","metadata":{"name":"c","namespace":"n"}}\n',
    });
    expect(() => serverSideApply(clientSide, configMap({ x: '2' }), applying('m', false, later))).toThrow('conflict');
  });

  it('assigns what nobody tracked to before-first-apply', () => {
    const next = serverSideApply(stored(configMap({ x: '1', z: '3' })), configMap({ x: '1' }), applying('m'));
    expect(owned(next)['before-first-apply Update']).toEqual({ 'f:data': { '.': {}, 'f:x': {}, 'f:z': {} } });
  });

  const wrong: [string, KubeObject, string][] = [
    [
      'an unknown field',
      { ...configMap({}), foo: 1 },
      'failed to create typed patch object (n/c; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    ],
    [
      'a wrong type',
      { ...configMap({}), data: { x: 1 } },
      '.data.x: expected string, got &value.valueUnstructured{Value:1}',
    ],
    ['managedFields', configMap({}, { managedFields: [] }), 'metadata.managedFields must be nil'],
    ['no kind', { ...configMap({}), kind: undefined as never }, 'invalid object type: /v1, Kind='],
    ['another version', { ...configMap({}), apiVersion: 'v2' }, 'invalid object type: /v2, Kind=ConfigMap'],
  ];
  test.each(wrong)('refuses %s', (_, configuration, message) =>
    expect(() => serverSideApply(applied, configuration, applying('m'))).toThrow(message),
  );

  it('never changes anything when applied twice (property)', () => {
    const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(data, data, data, (first, other, second) => {
        const one = stored(serverSideApply(undefined, configMap(first), applying('m', true)));
        const two = serverSideApply(one, configMap(other), applying('n', true, later));
        const three = serverSideApply(two, configMap(second), applying('m', true, later));
        expect(serverSideApply(three, configMap(second), applying('m', true, '2027-01-01T00:00:00Z'))).toBe(three);
        expect(three['data'] ?? {}).toEqual({ ...other, ...second });
      }),
    );
  });
});
