// What must hold between what writers and watchers were told and what the log has. Pure: each check answers what is wrong, in words.

/** Every message has the next sequence, follows the one before it of its object, and objects begin and end as they should. */
export function checkLog(entries) {
  const wrong = [];
  const latest = new Map();
  entries.forEach(({ sequence, subject, type, uid, expected }, i) => {
    if (i > 0 && sequence !== entries[i - 1].sequence + 1) wrong.push(`the log jumps to ${sequence}`);
    const before = latest.get(subject);
    if (expected !== (before?.sequence ?? 0) && !(type === 'created' && expected === 0 && before?.type === 'deleted'))
      wrong.push(`${subject} ${sequence} was to follow ${expected}, and follows ${before?.sequence ?? 0}`);
    const isAlive = before !== undefined && before.type !== 'deleted';
    if (isAlive === (type === 'created')) wrong.push(`${subject} ${sequence} is ${type} after ${before?.type}`);
    if (isAlive && before.uid !== uid) wrong.push(`${subject} ${sequence} has become another object`);
    latest.set(subject, { sequence, type, uid });
  });
  return wrong;
}

/**
 * Of a batch there is every message, side by side and in order, or none. But for what a power cut may leave of one that was being written:
 * its beginning, if nobody was told of any of it before.
 */
export function checkBatches(entries, writes = [], powerCuts = []) {
  const batches = Map.groupBy(
    entries.filter(({ batch }) => batch),
    ({ batch }) => batch.id,
  );
  const told = toldTimes(writes);
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
  const wrong = [];
  let cutOff = 0;
  for (const [id, messages] of batches) {
    const [first, last] = [messages[0], messages.at(-1)];
    const isInOrder = messages.every(
      ({ sequence, batch }, i) => batch.sequence === i + 1 && sequence === first.sequence + i,
    );
    if (isInOrder && last.batch.commits) continue;
    const next = bySequence.get(last.sequence + 1)?.time ?? Infinity;
    const cut = powerCuts.find(({ from, to }) => last.time <= from && next >= to);
    const early = cut ? messages.filter((one) => told(one) < cut.to) : [];
    if (isInOrder && cut && early.length === 0) cutOff++;
    else {
      const members = `${messages.length} messages from ${first.batch.sequence} at ${first.sequence} to ${last.batch.sequence} at ${last.sequence}`;
      const why = cut
        ? `${early.length} of them told before the power was back: ${early.map(({ sequence }) => sequence)}`
        : 'not at a power cut';
      wrong.push(`half a batch: ${id} has ${members}, ${why}`);
    }
  }
  return { wrong, cutOff, sizes: [...batches.values()].map(({ length }) => length) };
}

/** When the client of a message had its answer; undefined if it has none. */
function toldTimes(writes) {
  const acknowledged = writes.filter(({ outcome }) => outcome === 'acknowledged');
  const byId = new Map(acknowledged.map(({ id, toldAt }) => [id, toldAt]));
  const deletions = new Map(
    acknowledged.filter(({ verb }) => verb === 'delete').map(({ uid, toldAt }) => [uid, toldAt]),
  );
  return ({ type, uid, write }) => (type === 'deleted' ? deletions.get(uid) : byId.get(write));
}

/** Acknowledged: once, and where the answer said. Refused: not at all. Without an answer: at most once. */
export function checkWrites(writes, entries) {
  const wrong = [];
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
  const stored = Map.groupBy(
    entries.filter(({ type, write }) => type !== 'deleted' && write !== undefined),
    ({ write }) => write,
  );
  const deletions = Map.groupBy(
    entries.filter(({ type }) => type === 'deleted'),
    ({ uid }) => uid,
  );
  for (const [uid, { length }] of deletions) if (length > 1) wrong.push(`${uid} is deleted ${length} times`);
  const deleted = new Set();
  for (const write of writes) {
    const { id, verb, outcome, uid, revision, hash, name, code } = write;
    const of = `${verb} ${id} of ${name}`;
    if (verb === 'delete') {
      if (outcome !== 'acknowledged') continue;
      if (!deletions.has(uid)) wrong.push(`lost: ${of}`);
      if (deleted.has(uid)) wrong.push(`acknowledged twice: ${of}`);
      deleted.add(uid);
      continue;
    }
    const times = stored.get(id)?.length ?? 0;
    if (times > 1) wrong.push(`stored ${times} times: ${of} (${outcome})`);
    if (outcome === 'refused' && times > 0) wrong.push(`refused with ${code} and stored: ${of}`);
    if (outcome !== 'acknowledged') continue;
    const entry = bySequence.get(revision);
    if (times === 0) wrong.push(`lost: ${of} at ${revision}`);
    else if (entry?.write !== id || entry.uid !== uid) wrong.push(`not at its resourceVersion ${revision}: ${of}`);
    else if (entry.hash !== hash) wrong.push(`other than acknowledged: ${of} at ${revision}`);
  }
  return wrong;
}

const watchTypes = { created: 'ADDED', updated: 'MODIFIED', deleted: 'DELETED' };

/** A watch is told what the log has of its objects after where it began: all of it, once, in order. */
export function checkWatch(events, entries, from) {
  const expected = entries.filter(({ sequence }) => sequence > from);
  const wrong = [];
  if (events.length !== expected.length) wrong.push(`${events.length} events instead of ${expected.length}`);
  const at = expected.findIndex(({ sequence, type, uid, hash }, i) => {
    const event = events[i];
    const isSame = event?.revision === sequence && event.type === watchTypes[type] && event.uid === uid;
    return !isSame || (type !== 'deleted' && event.hash !== hash);
  });
  if (at >= 0)
    wrong.push(
      `event ${at} is ${events[at]?.type} ${events[at]?.revision}, the log has ${expected[at].type} ${expected[at].sequence}`,
    );
  return wrong;
}

/** What a list shows is what the log ends with. */
export function checkPresent(objects, entries) {
  const present = new Map();
  for (const { subject, type, uid, hash, sequence } of entries)
    if (type === 'deleted') present.delete(subject);
    else present.set(subject, { uid, hash, sequence });
  const wrong = [];
  for (const { subject, uid, hash, revision } of objects) {
    const one = present.get(subject);
    if (one?.sequence !== revision || one.uid !== uid || one.hash !== hash)
      wrong.push(`${subject} is listed at ${revision}, the log has it at ${one?.sequence}`);
    present.delete(subject);
  }
  for (const [subject, { sequence }] of present) wrong.push(`${subject} of ${sequence} is not listed`);
  return wrong;
}
