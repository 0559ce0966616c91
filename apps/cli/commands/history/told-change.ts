/** A change as /shiplog/v1/ tells it. */
export interface ToldChange {
  readonly id: string;
  readonly resourceVersion: string;
  readonly type: 'created' | 'updated' | 'deleted';
  readonly change: string;
  readonly time: string;
  readonly verb: string;
  readonly subresource?: string;
  readonly object: {
    readonly group: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly name: string;
  };
  readonly user: string;
  readonly impersonator?: string;
  readonly userAgent?: string;
  readonly fieldManager?: string;
  readonly correlationId: string;
  readonly cause?: string;
  readonly content?: Record<string, unknown>;
}

/** The program behind a user agent: `kubectl/v1.36.0 (linux/amd64) …` → `kubectl`. Pure. */
export const programOf = ({ userAgent, fieldManager }: ToldChange): string =>
  (userAgent ?? fieldManager ?? '').split(/[/ ]/)[0] ?? '';

/** Service accounts by their own name, people as they are, and who they acted for. Pure. */
export function actorOf({ user, impersonator }: ToldChange): string {
  const short = user.replace(/^system:serviceaccount:kube-system:/, '').replace(/^system:serviceaccount:/, '');
  return impersonator === undefined ? short : `${impersonator} as ${short}`;
}

export const howOf = ({ verb, subresource }: ToldChange): string => (subresource ? `${verb} ${subresource}` : verb);

/** `2030-01-02 03:04:05.678` in UTC. */
export const timeText = (time: string): string => time.replace('T', ' ').replace(/Z$/, '');
