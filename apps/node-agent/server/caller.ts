import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** Whether the caller may use this node's server: 200, or why not. Pure over the verified client certificate. */
export function admission({ socket }: IncomingMessage): { readonly code: 200 | 401 | 403; readonly message: string } {
  const tls = socket as TLSSocket;
  const { subject } = tls.getPeerCertificate();
  if (!tls.authorized || !subject) return { code: 401, message: 'Unauthorized' };
  const groups = [subject.O].flat();
  const name = [subject.CN].flat()[0] ?? '';
  if (groups.includes('system:masters') || name === 'kube-apiserver-kubelet-client') return { code: 200, message: '' };
  return {
    code: 403,
    message: `Forbidden (user=${name}): the server of a node answers the API server and system:masters`,
  };
}
