import type { ApiClient } from '@shiplog/client';
import type { StoredPod } from '../pods/pod.js';

/** Tokens of pods' ServiceAccounts. */
export interface TokenSource {
  /** A token bound to the pod, with at least a fifth of its life before it. */
  token(pod: StoredPod, audience: string | undefined, expirationSeconds: number): Promise<string>;
  forget(podUid: string): void;
}

interface IssuedToken {
  readonly token: string;
  readonly renewAt: number;
}

/** No token is kept for longer, however long it is valid. */
const longestUse = 24 * 3600_000;

/** Asks the API for tokens and keeps each until four fifths of its life have passed. If renewal fails, the old one serves on. */
export function serviceAccountTokens(api: ApiClient, now: () => number): TokenSource {
  const issued = new Map<string, IssuedToken>();
  return {
    token: async (pod, audience, expirationSeconds) => {
      const key = [pod.metadata.uid, audience ?? '', expirationSeconds].join('/');
      const known = issued.get(key);
      if (known && now() < known.renewAt) return known.token;
      try {
        const fresh = await request(api, pod, audience, expirationSeconds, now());
        issued.set(key, fresh);
        return fresh.token;
      } catch (error) {
        if (known) return known.token;
        throw error;
      }
    },
    forget: (podUid) => {
      for (const key of issued.keys()) if (key.startsWith(`${podUid}/`)) issued.delete(key);
    },
  };
}

async function request(
  api: ApiClient,
  { metadata, spec }: StoredPod,
  audience: string | undefined,
  expirationSeconds: number,
  now: number,
): Promise<IssuedToken> {
  const ref = {
    group: '',
    version: 'v1',
    plural: 'serviceaccounts',
    namespace: metadata.namespace,
    name: spec.serviceAccountName ?? 'default',
    subresource: 'token',
  };
  const answer = await api.create<TokenAnswer>(ref, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: audience ? [audience] : [],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
    },
  });
  const expiresAt = Date.parse(answer.status.expirationTimestamp);
  return { token: answer.status.token, renewAt: now + Math.min((expiresAt - now) * 0.8, longestUse) };
}

interface TokenAnswer {
  apiVersion: string;
  kind: string;
  metadata: object;
  status: { token: string; expirationTimestamp: string };
  [field: string]: unknown;
}
