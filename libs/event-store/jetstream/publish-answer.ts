/** What a JetStream server answers to a publish or to the commit of an atomic batch. */
export interface PublishAnswer {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly count?: number;
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description: string };
}

/** JetStream error codes that an append can lead to, as nats-server 2.15 lists them in server/errors.json. */
export const errorCode = {
  wrongLastSequence: 10071,
  /** In a batch: an earlier message of it writes the same subject. */
  wrongLastSequenceInBatch: 10164,
  duplicateInProgress: 10158,
  duplicateInBatch: 10201,
  batchIncomplete: 10176,
  batchTooLarge: 10199,
  tooManyBatches: 10210,
} as const;

/** The sequence that a "wrong last sequence: N" names. */
export function actualSequence(description: string): bigint | undefined {
  const [, digits] = /^wrong last sequence: (\d+)$/.exec(description) ?? [];
  return digits === undefined ? undefined : BigInt(digits);
}

export const readAnswer = <Answer = PublishAnswer>(data: Uint8Array): Answer =>
  JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')) as Answer;
