import { decodeObject, writtenObject } from '../decode/object-codec.js';
import fixture from '../decode/protobuf.fixture.json' with { type: 'json' };
import { encodeProtobuf, encodeWatchEvent } from './protobuf.js';

const mediaType = 'application/vnd.kubernetes.protobuf';
const readBack = (object: { kind: string; apiVersion: string }, group: string, version: string): unknown =>
  writtenObject(
    decodeObject(encodeProtobuf(object) ?? Buffer.alloc(0), mediaType, { group, version, kind: object.kind }, 'Strict')
      .object,
  );

it('writes what it can read back: the pod that the reference wrote', () =>
  expect(readBack(fixture.object, '', 'v1')).toEqual(fixture.object));

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', creationTimestamp: '2026-01-01T00:00:00Z', labels: { a: 'b' } },
  spec: { ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }], selector: { app: 'x' }, type: 'ClusterIP' },
};
const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l' },
  spec: { holderIdentity: 'h', renewTime: '2026-01-01T00:00:00.123456Z', leaseDurationSeconds: 40 },
};
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'AQID' }, immutable: false };
test.each([
  [service, '', 'v1'],
  [lease, 'coordination.k8s.io', 'v1'],
  [secret, '', 'v1'],
])('keeps names, numbers, times, bytes and maps (%#)', (object, group, version) =>
  expect(readBack(object, group, version)).toMatchObject(object),
);

it('begins with the magic bytes and names the kind', () => {
  const bytes = encodeProtobuf({ apiVersion: 'v1', kind: 'Status', code: 404 });
  expect(bytes?.subarray(0, 18).toString('latin1')).toBe('k8s\0\n\x0c\n\x02v1\x12\x06Status');
});

it('has no form for tables', () =>
  expect(encodeProtobuf({ apiVersion: 'meta.k8s.io/v1', kind: 'Table' })).toBeUndefined());

it('puts the length before an event of a watch', () => {
  const frame = encodeWatchEvent('ADDED', secret) ?? Buffer.alloc(4);
  expect(frame.readUInt32BE()).toBe(frame.length - 4);
  expect(frame.subarray(4, 11).toString('latin1')).toBe('\n\x05ADDED');
});
