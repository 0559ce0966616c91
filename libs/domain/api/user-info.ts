/** Who makes a request (authentication.k8s.io/v1 UserInfo). */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  /** Keys are lower-case. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}
