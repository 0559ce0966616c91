/** Nobody has answered. What was asked may be right all the same, and may have been done. */
export class NoAnswer extends Error {}
