/** Where in an object something is: `spec.containers[0].ports[web]`. Immutable; printed only when an error is. */
export class FieldPath {
  private constructor(
    private readonly parent: FieldPath | undefined,
    private readonly segment: string | number,
    private readonly form: 'name' | 'key',
  ) {}

  static readonly root = new FieldPath(undefined, '', 'name');

  static of(...names: string[]): FieldPath {
    return names.reduce<FieldPath>((path, name) => path.child(name), FieldPath.root);
  }

  /** Rules name the place of all that they look at, and most of it is right: a path is made without joining texts. */
  child(name: string, ...deeper: string[]): FieldPath {
    let path = new FieldPath(this, name, 'name');
    for (const below of deeper) path = new FieldPath(path, below, 'name');
    return path;
  }

  index(i: number): FieldPath {
    return new FieldPath(this, i, 'key');
  }

  key(key: string): FieldPath {
    return new FieldPath(this, key, 'key');
  }

  get isRoot(): boolean {
    return this.parent === undefined;
  }

  toString(): string {
    if (this.parent === undefined) return '';
    const before = this.parent.toString();
    if (this.form === 'key') return `${before}[${this.segment}]`;
    return this.parent.isRoot ? String(this.segment) : `${before}.${this.segment}`;
  }
}
