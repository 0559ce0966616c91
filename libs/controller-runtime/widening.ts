export interface Width {
  /** How many may be under way at the beginning. */
  readonly first: number;
  readonly most: number;
}

/**
 * Acts on every item, in order, several at a time: each success lets one more be under way, so that what cannot work is tried by few and
 * not by all. After a fault nothing more is begun. Resolves when all that was begun has ended, with the first fault if there was one.
 */
export function widening<T, Fault>(
  items: readonly T[],
  act: (item: T) => Promise<Fault | undefined>,
  { first, most }: Width,
): Promise<Fault | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Fault | undefined>();
  let [width, begun, underWay] = [Math.min(first, most), 0, 0];
  let fault: Fault | undefined;
  const ended = (outcome: Fault | undefined): void => {
    underWay -= 1;
    fault ??= outcome;
    if (outcome === undefined) width = Math.min(width + 1, most);
    goOn();
  };
  const goOn = (): void => {
    for (; fault === undefined && underWay < width && begun < items.length; begun++) {
      underWay += 1;
      act(items[begun] as T).then(ended, reject);
    }
    if (underWay === 0) resolve(fault);
  };
  goOn();
  return promise;
}
