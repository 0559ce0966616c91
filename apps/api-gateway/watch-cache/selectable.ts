import type { KubeObject } from '@shiplog/domain';
import { Shared, sharedText } from './shared.js';

/** What field selectors of a kind can ask for: path → value. */
export type SelectableFields = Readonly<Record<string, (object: KubeObject) => string>>;

export type Labels = Readonly<Record<string, string>>;

/** What a selection asks of an object. */
export interface Selectable {
  readonly labels: Labels;
  /** The value of a selectable field; empty where the object or its kind has none. */
  field(path: string): string;
}

export const noLabels: Labels = {};

/** Of nearly every object another, and hardly ever asked for: read from the object then, instead of kept with each. */
const readWhenAsked = new Set(['status.podIP', 'status.podIPs']);
/** Kept by itself: with it, few objects would have all other values in common. */
export const nodeNamePath = 'spec.nodeName';

const labelSets = new Shared<Labels>();

export const labelsOf = ({ metadata: { labels } }: KubeObject): Labels =>
  labels ? labelSets.get(JSON.stringify(labels), () => labels) : noLabels;

/** Undefined for kinds that cannot be selected by it. */
export const nodeNameOf = (selectable: SelectableFields, object: KubeObject): string | undefined => {
  const value = selectable[nodeNamePath]?.(object);
  return value === undefined ? undefined : sharedText(value);
};

/** Values of a kind's selectable fields but for name, namespace and node: one for all objects that have the same. */
export class FieldValues {
  constructor(
    private readonly selectable: SelectableFields,
    private readonly kept: Readonly<Record<string, string>>,
  ) {}

  /** `from` gives the object, should it have to be read. */
  of(path: string, from: { readonly object: KubeObject }): string {
    return this.kept[path] ?? (readWhenAsked.has(path) ? this.selectable[path]?.(from.object) : undefined) ?? '';
  }
}

interface KindOfValues {
  readonly paths: readonly string[];
  readonly values: Shared<FieldValues>;
}

const kinds = new WeakMap<SelectableFields, KindOfValues>();

export function valuesOf(selectable: SelectableFields, object: KubeObject): FieldValues {
  const { paths, values } = kindOf(selectable);
  const all = paths.map((path) => selectable[path]?.(object) ?? '');
  return values.get(
    JSON.stringify(all),
    () => new FieldValues(selectable, Object.fromEntries(paths.map((path, i) => [path, all[i] ?? '']))),
  );
}

function kindOf(selectable: SelectableFields): KindOfValues {
  let kind = kinds.get(selectable);
  if (!kind) {
    const paths = Object.keys(selectable).filter((path) => path !== nodeNamePath && !readWhenAsked.has(path));
    kinds.set(selectable, (kind = { paths, values: new Shared() }));
  }
  return kind;
}

export const noValues = new FieldValues({}, {});
