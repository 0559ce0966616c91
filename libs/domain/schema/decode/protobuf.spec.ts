import fc from 'fast-check';
import { StatusError } from '../../api/status-error.js';
import { decodeObject, writtenObject } from './object-codec.js';
import fixture from './protobuf.fixture.json' with { type: 'json' };

const pod = { group: '', version: 'v1', kind: 'Pod' };
const mediaType = 'application/vnd.kubernetes.protobuf';
const bytes = Buffer.from(fixture.protobuf, 'base64');

it('reads what the reference wrote', () =>
  expect(writtenObject(decodeObject(bytes, mediaType, pod, 'Strict').object)).toEqual(fixture.object));

it('answers 400 to a body that ends anywhere or is damaged, and to nothing else', () =>
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const damaged = cut ? bytes.subarray(0, at) : Buffer.from(bytes).fill(byte, at, at + 1);
      try {
        decodeObject(damaged, mediaType, pod, 'Strict');
      } catch (error) {
        expect(error).toBeInstanceOf(StatusError);
        expect((error as StatusError).code).toBe(400);
      }
    }),
    { numRuns: 2000 },
  ));
