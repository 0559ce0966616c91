import type { Random } from './random.mjs';

export interface Disturbance {
  readonly kind: 'kill' | 'cut';
  readonly number: number;
  readonly waits: boolean;
  readonly pauseMs: number;
  readonly withStarter?: boolean;
  readonly withGateway: boolean;
  /** Of a power cut: whether the server is killed first, between a write and its sync. */
  readonly afterKill?: boolean;
  readonly afterWrites?: number;
  readonly harshly?: boolean;
}

export function disturbances(
  kills: number,
  powerCuts: number,
  random: Pick<Random, 'below' | 'between'>,
): Disturbance[];
