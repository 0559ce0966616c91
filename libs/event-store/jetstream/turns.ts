/**
 * How many turns of the event loop who talks to the server waits for company. Turns in which nothing arrives take microseconds; in busy ones the
 * requests of other clients arrive, and share the message, the sync and the answer.
 */
const turnsForCompany = 3;

/** Calls back when those who arrive about now have arrived. */
export function afterCompany(callback: () => void, turns = turnsForCompany): void {
  setImmediate(turns <= 1 ? callback : () => afterCompany(callback, turns - 1));
}
