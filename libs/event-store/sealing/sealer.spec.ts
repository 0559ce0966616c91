import { serializeObject, type KubeObject, type ObjectKey } from '@shiplog/domain';
import { parseKeyRing, rotatedKeyRing } from './key-ring.js';
import { Sealer } from './sealer.js';

const key: ObjectKey = { stream: 'RESOURCES', group: '', plural: 'secrets', namespace: 'default', name: 'db' };
const secret = {
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: {
    name: 'db',
    namespace: 'default',
    uid: 'u-1',
    labels: { app: 'db' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'cGFzc3dvcmQ=' },
  },
  data: { password: 'cGFzc3dvcmQ=' },
} as unknown as KubeObject;
const body = serializeObject(secret);
const first = parseKeyRing(rotatedKeyRing('k1'), 'ring');
const rotated = parseKeyRing(rotatedKeyRing('k2', first), 'ring');

describe('sealer', () => {
  it('opens what it sealed', () => {
    const sealer = new Sealer(first);
    expect(sealer.open(key, sealer.seal(key, body, 'k1'))).toEqual(body);
  });

  it('leaves nothing of the data readable, but what garbage collection needs', () => {
    const sealed = new Sealer(first).seal(key, body, 'k1');
    expect(sealed.toString()).not.toContain('cGFzc3dvcmQ=');
    expect(JSON.parse(sealed.toString())).toMatchObject({
      kind: 'Secret',
      metadata: { uid: 'u-1', labels: { app: 'db' } },
    });
  });

  it('seals with the newest key and opens what older ones sealed', () => {
    const sealer = new Sealer(rotated);
    expect(sealer.keyFor(key)).toBe('k2');
    expect(sealer.open(key, new Sealer(first).seal(key, body, 'k1'))).toEqual(body);
  });

  it('refuses a body that was moved to another object', () => {
    const sealer = new Sealer(first);
    const sealed = sealer.seal(key, body, 'k1');
    expect(() => sealer.open({ ...key, name: 'other' }, sealed)).toThrow();
  });

  it('says which key is missing', () => {
    const sealed = new Sealer(rotated).seal(key, body, 'k2');
    expect(() => new Sealer(first).open(key, sealed)).toThrow('no key k2');
  });

  it('seals what its list names and nothing else', () => {
    const sealer = new Sealer(first, [{ group: 'example.com', plural: 'tokens' }]);
    expect(sealer.keyFor(key)).toBeUndefined();
    expect(sealer.keyFor({ ...key, group: 'example.com', plural: 'tokens' })).toBe('k1');
  });

  it('without a key ring neither writes sealed kinds nor opens them', () => {
    const sealed = new Sealer(first).seal(key, body, 'k1');
    expect(new Sealer(undefined).open(key, sealed)).toBe(sealed);
    expect(() => new Sealer(undefined).keyFor(key)).toThrow('no key ring');
  });
});

describe('key ring', () => {
  test.each([
    ['{}', 'holds no key'],
    ['{"keys":[{"id":"a","secret":"eHh4"}]}', 'key a has 3 bytes'],
    ['{"keys":[{"secret":"eHh4"}]}', 'keys[0] has no id'],
  ])('refuses %s', (text, expected) => expect(() => parseKeyRing(text, 'ring')).toThrow(expected));
});
