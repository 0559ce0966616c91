/** How to reach one API server and as whom. All PEM, already decoded. */
export interface ClusterAccess {
  /** `https://host:port`, optionally with a path prefix such as `/as-of/4711`. */
  readonly server: string;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly token?: string;
  /** Read again while in use: bound tokens rotate. Wins over `token`. */
  readonly tokenFile?: string;
  readonly skipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  readonly actAs?: string;
  /** The namespace that the context names; `default` if it names none. */
  readonly namespace?: string;
}
