import type { ToldChange } from '@shiplog/domain';

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
