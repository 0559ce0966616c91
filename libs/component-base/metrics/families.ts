import { Counter, Gauge, Histogram, register, type Registry } from 'prom-client';
import { Spread, Tally } from './tally.js';

export type Labels<Name extends string> = Readonly<Record<Name, string>>;

export interface FamilyOptions<Name extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Name[];
  readonly registry?: Registry;
}

type Values = Awaited<ReturnType<Histogram['get']>>;

/**
 * Metrics whose labels are resolved once: a caller keeps what `of` gives it. prom-client's own sort, join and look up the labels at every
 * observation, which is too much for what happens at every request.
 */
class Family<Name extends string, Value> {
  private readonly members = new Map<string, { readonly labels: Labels<Name>; readonly value: Value }>();

  constructor(
    private readonly names: readonly Name[],
    private readonly make: () => Value,
  ) {}

  /** The same for the same labels. */
  of(labels: Labels<Name>): Value {
    const key = this.names.map((name) => labels[name]).join('\0');
    let member = this.members.get(key);
    if (!member) {
      const inOrder = Object.fromEntries(this.names.map((name) => [name, labels[name]])) as Labels<Name>;
      this.members.set(key, (member = { labels: inOrder, value: this.make() }));
    }
    return member.value;
  }

  all(): Iterable<{ readonly labels: Labels<Name>; readonly value: Value }> {
    return this.members.values();
  }
}

/** A counter by labels. */
export function tallies<Name extends string>(options: FamilyOptions<Name>): (labels: Labels<Name>) => Tally {
  const { name, help, labelNames, registry = register } = options;
  const family = new Family(labelNames, () => new Tally());
  new Counter({
    ...{ name, help, labelNames: [...labelNames], registers: [registry] },
    collect() {
      this.reset();
      for (const { labels, value } of family.all()) this.inc(labels, value.value);
    },
  });
  return (labels) => family.of(labels);
}

/** A gauge by labels whose values go up and down as they are added to. */
export function levels<Name extends string>(options: FamilyOptions<Name>): (labels: Labels<Name>) => Tally {
  const { name, help, labelNames, registry = register } = options;
  const family = new Family(labelNames, () => new Tally());
  new Gauge({
    ...{ name, help, labelNames: [...labelNames], registers: [registry] },
    collect() {
      for (const { labels, value } of family.all()) this.set(labels, value.value);
    },
  });
  return (labels) => family.of(labels);
}

/** A gauge by labels whose values are asked for when somebody looks. Labels that are not told any more are gone. */
export function measured<Name extends string>(
  { name, help, labelNames, registry = register }: FamilyOptions<Name>,
  values: () => Iterable<readonly [Labels<Name>, number]>,
): void {
  new Gauge({
    ...{ name, help, labelNames: [...labelNames], registers: [registry] },
    collect() {
      this.reset();
      for (const [labels, value] of values()) this.set(labels, value);
    },
  });
}

/** A histogram by labels. */
export function spreads<Name extends string>(
  options: FamilyOptions<Name> & { readonly buckets: readonly number[] },
): (labels: Labels<Name>) => Spread {
  const family = new Family(options.labelNames, () => new Spread(options.buckets));
  new SpreadHistogram(options, family);
  return (labels) => family.of(labels);
}

/** What prom-client shows of spreads. */
class SpreadHistogram<Name extends string> extends Histogram<Name> {
  constructor(
    private readonly options: FamilyOptions<Name> & { readonly buckets: readonly number[] },
    private readonly family: Family<Name, Spread>,
  ) {
    const { name, help, labelNames, buckets, registry = register } = options;
    super({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [registry] });
  }

  override get(): ReturnType<Histogram<Name>['get']> {
    const { name, help } = this.options;
    const values = [...this.family.all()].flatMap(({ labels, value }) => valuesOf(name, labels, value));
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' }) as unknown as ReturnType<
      Histogram<Name>['get']
    >;
  }

  /** What the text format is made of, undeclared in prom-client's types; it would show the base class's own, empty counts. */
  getForPromString(): ReturnType<Histogram<Name>['get']> {
    return this.get();
  }
}

function valuesOf(name: string, labels: Readonly<Record<string, string>>, spread: Spread): Values['values'] {
  const buckets = spread
    .cumulative()
    .map(({ upTo, count }) => ({ metricName: `${name}_bucket`, labels: { ...labels, le: upTo }, value: count }));
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: spread.sum },
    { metricName: `${name}_count`, labels, value: spread.count },
  ];
}

/** Bounds that grow by a factor, as many as asked for. */
export const exponential = (start: number, factor: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((start * factor ** i).toPrecision(12)));
