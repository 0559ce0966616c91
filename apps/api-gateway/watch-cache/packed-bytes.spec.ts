import { PackedBytes, type Place } from './packed-bytes.js';

const bytesOf = (text: string, length = 1_000): Buffer => Buffer.from(text.padEnd(length, text));
const read = ({ piece, start, end }: Place): string => piece.read(start, end).toString();

function tenants(count: number, length = 1_000, packed = new PackedBytes()) {
  const movedOut: number[] = [];
  const all = Array.from({ length: count }, (_, i) => {
    const tenant = { stays: true, moveOut: () => void movedOut.push(i) };
    const bytes = bytesOf(`<${i}>`, length);
    const place = packed.add(bytes, tenant);
    const leave = (): void => {
      tenant.stays = false;
      place.piece.leave();
    };
    return { place, leave, text: bytes.toString() };
  });
  return { all, movedOut };
}
const piecesOf = ({ all }: ReturnType<typeof tenants>): number[] =>
  [...Map.groupBy(all, ({ place }) => place.piece).values()].map(({ length }) => length);

it('gives back what was put in, of however many', () => {
  for (const { place, text } of tenants(300).all) expect(read(place)).toBe(text);
});

it('has many in one piece of memory, and no more than fit', () =>
  expect(piecesOf(tenants(600))).toEqual([262, 262, 76]));

it('gives what is large a piece of its own and goes on with the open one', () => {
  const packed = new PackedBytes();
  const [before, large, after] = [1_000, 300_000, 1_000].map((length) => tenants(1, length, packed).all[0]!);
  expect(read(large!.place)).toBe(large!.text);
  expect(large!.place.piece).not.toBe(before!.place.piece);
  expect(after!.place.piece).toBe(before!.place.piece);
});

it('sends the rest away when half have left, and still reads what there was', () => {
  const { all, movedOut } = tenants(10);
  all.slice(0, 4).forEach(({ leave }) => leave());
  expect(movedOut).toEqual([]);
  all[4]!.leave();
  expect(movedOut).toEqual([5, 6, 7, 8, 9]);
  expect(read(all[0]!.place)).toBe(all[0]!.text);
});

it('begins to count again with those who come later', () => {
  const packed = new PackedBytes();
  const first = tenants(2, 1_000, packed);
  first.all[0]!.leave();
  const second = tenants(4, 1_000, packed);
  second.all[0]!.leave();
  expect(second.movedOut).toEqual([]);
  second.all[1]!.leave();
  expect(second.movedOut).toEqual([2, 3]);
});
