export interface Random {
  next(): number;
  below(bound: number): number;
  between(low: number, high: number): number;
}

export function seeded(seed: number): Random;
