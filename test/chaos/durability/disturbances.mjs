// What happens to nats-server in a run, and when. Pure: a seed gives the same again.

/** The supervisor restarts at once-ish what has failed a few times only. */
const killsOfStarter = new Set([3, 17, 31]);
const killsOfGateway = new Set([5, 19, 33, 47]);
const cutsOfGateway = new Set([4, 13]);
const mostWrites = 400;
/** Of those that were on their way when it was killed. */
const mostWritesOfStart = 2;

/**
 * So many kills and power cuts in any order. Half of them hit a recovery that is still going on, the others writes that are under way again.
 * Of the power cuts a third comes at any moment, a third right after a write and so before its sync, and a third so soon after a kill that
 * what the killed server had written is not synced either.
 */
export function disturbances(kills, powerCuts, random) {
  const left = { kill: kills, cut: powerCuts };
  const done = { kill: 0, cut: 0 };
  return Array.from({ length: kills + powerCuts }, (_, i) => {
    const kind = random.below(left.kill + left.cut) < left.kill ? 'kill' : 'cut';
    left[kind]--;
    const number = ++done[kind];
    const [waits, pauseMs] = [random.below(2) === 0 || i === 0, random.between(100, 1_500)];
    const when = { kind, number, waits, pauseMs };
    return kind === 'kill'
      ? { ...when, withStarter: killsOfStarter.has(number), withGateway: killsOfGateway.has(number) }
      : { ...when, withGateway: cutsOfGateway.has(number), ...cutMoment(number, random) };
  });
}

function cutMoment(number, random) {
  const afterWrites = 1 + random.below(mostWrites);
  if (number % 3 === 0) return { afterKill: false };
  return number % 3 === 1
    ? { afterKill: false, afterWrites }
    : { afterKill: true, afterWrites: 1 + (afterWrites % mostWritesOfStart), harshly: true };
}
