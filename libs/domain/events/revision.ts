/** A sequence of the stream a kind lives in; printed as a decimal it is the object's resourceVersion (KEP-5504). */
export type Revision = bigint;

export const resourceVersionOf = (revision: Revision): string => revision.toString();

/** Undefined for anything that is not a decimal without leading zeros. */
export const parseRevision = (text: string): Revision | undefined =>
  /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : undefined;
