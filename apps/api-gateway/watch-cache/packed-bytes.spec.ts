import { PackedBytes, type Place } from './packed-bytes.js';

const bytesOf = (text: string, length = 1_000): Buffer => Buffer.from(text.padEnd(length, text));
const read = ({ piece, start, end }: Place): string => piece.read(start, end).toString();

function tenants(count: number, length = 1_000, packed = new PackedBytes()) {
  const movedOut: number[] = [];
  const all = Array.from({ length: count }, (_, i) => {
    const tenant = { stays: true, moveOut: () => void movedOut.push(i) };
    const bytes = bytesOf(`<${i}>`, length);
    const place = packed.add(bytes);
    place.piece.enter(tenant);
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

it('has many in one piece of memory, no more than fit, in larger pieces the more there are', () =>
  expect(piecesOf(tenants(900))).toEqual([8, 16, 32, 65, 131, 262, 262, 124]));

it('gives what is large a piece of its own and goes on with the open one', () => {
  const packed = new PackedBytes();
  const [before, large, after] = [1_000, 300_000, 1_000].map((length) => tenants(1, length, packed).all[0]!);
  expect(read(large!.place)).toBe(large!.text);
  expect(large!.place.piece).not.toBe(before!.place.piece);
  expect(after!.place.piece).toBe(before!.place.piece);
});

/** So many fill the first piece; one more opens the next. */
const full = 8;

it('sends the rest away when half have left, and still reads what there was', () => {
  const { all, movedOut } = tenants(full + 1);
  all.slice(0, 3).forEach(({ leave }) => leave());
  expect(movedOut).toEqual([]);
  all[3]!.leave();
  expect(movedOut).toEqual([4, 5, 6, 7]);
  expect(read(all[0]!.place)).toBe(all[0]!.text);
});

it('lets those stay to whom others may still come', () => {
  const packed = new PackedBytes();
  const { all, movedOut } = tenants(full, 1_000, packed);
  all.slice(0, 6).forEach(({ leave }) => leave());
  expect(movedOut).toEqual([]);
  tenants(1, 1_000, packed);
  all[6]!.leave();
  expect(movedOut).toEqual([7]);
});

it('sends nobody away twice, and not those who leave later', () => {
  const { all, movedOut } = tenants(full + 1);
  all.slice(0, 6).forEach(({ leave }) => leave());
  expect(movedOut).toEqual([4, 5, 6, 7]);
});
