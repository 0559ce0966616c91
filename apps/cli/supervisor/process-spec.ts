/** How to ask a process whether it is ready. */
export type Probe =
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  | { readonly kind: 'nats'; readonly port: number }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'containerd'; readonly socket: string }
  /** A node-agent's server, which may be in another network; `pki` holds the certificate to ask it with. */
  | { readonly kind: 'node-agent'; readonly address: string; readonly port: number; readonly pki: string };

export type Role =
  | 'nats-server'
  | 'postgres'
  | 'api-gateway'
  | 'projector'
  | 'scheduler'
  | 'controller-manager'
  | 'containerd'
  | 'node-agent';

/** One process of the cluster: how it is started, asked and stopped. */
export interface ProcessSpec {
  /** Unique in the cluster; also the name of its log: `api-gateway`, `containerd-node-1`. */
  readonly name: string;
  readonly role: Role;
  readonly node?: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of the processes that must have been ready once before this one starts. */
  readonly after: readonly string[];
  readonly probe: Probe;
  /** Where a follower of the log serves its metrics, on loopback. */
  readonly metricsPort?: number;
  /** A command that must have succeeded, once it answers, before it counts as ready. */
  readonly onceItAnswers?: { readonly command: string; readonly args: readonly string[] };
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it is killed. */
  readonly graceMs: number;
}
