/** Where in an object something is: `spec.containers[0].ports[web]`. Immutable; printed only when an error is. */
export class FieldPath {
  private constructor(
    private readonly parent: FieldPath | undefined,
    private readonly segment: string,
  ) {}

  static readonly root = new FieldPath(undefined, '');

  static of(...names: string[]): FieldPath {
    return names.reduce<FieldPath>((path, name) => path.child(name), FieldPath.root);
  }

  child(...names: string[]): FieldPath {
    return names.reduce<FieldPath>((path, name) => new FieldPath(path, path.isRoot ? name : `.${name}`), this);
  }

  index(i: number): FieldPath {
    return new FieldPath(this, `[${i}]`);
  }

  key(key: string): FieldPath {
    return new FieldPath(this, `[${key}]`);
  }

  get isRoot(): boolean {
    return this.parent === undefined;
  }

  toString(): string {
    return this.parent === undefined ? '' : `${this.parent.toString()}${this.segment}`;
  }
}
