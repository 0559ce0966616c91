import type { UserInfo } from '@shiplog/domain';

/** Whom a token stands for, and for which of the asked audiences it is good. */
export interface TokenAnswer {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

/** Knows one sort of bearer token. */
export interface TokenAuthenticator {
  readonly name: string;
  /**
   * Undefined: no token of this sort. `audiences`: whom the token must be meant for (one of them).
   * @throws Error with the reason if it is of this sort and does not hold.
   */
  authenticateToken(
    token: string,
    audiences: readonly string[],
    signal: AbortSignal,
  ): Promise<TokenAnswer | undefined> | TokenAnswer | undefined;
}

/** Asks one sort after another. The reasons of those who refuse are given only if nobody accepts. */
export async function authenticateToken(
  sorts: readonly TokenAuthenticator[],
  token: string,
  audiences: readonly string[],
  signal: AbortSignal,
): Promise<TokenAnswer | { readonly refused: string }> {
  const reasons: string[] = [];
  for (const sort of sorts) {
    try {
      const answer = await sort.authenticateToken(token, audiences, signal);
      if (answer) return answer;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { refused: reasons.length === 1 ? (reasons[0] ?? '') : reasons.length === 0 ? '' : `[${reasons.join(', ')}]` };
}
