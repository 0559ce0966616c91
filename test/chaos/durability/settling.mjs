// With nothing on its way: compares all that anybody was told with the log.
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatches, checkLog, checkPresent, checkWatch, checkWrites } from './checker.mjs';
import { contentHash } from './content.mjs';
import { readLog } from './log-reader.mjs';
import { folderOf, kinds, namespace } from './writers.mjs';

const subjectOf = (resource, name) => `resources.core.${resource}.${namespace}.${name}`;
const isOf = (resource) => {
  const start = subjectOf(resource, '');
  return ({ subject }) => subject.startsWith(start);
};

/** What a collection holds, however long the gateway takes to be back. */
export async function list(writers, resource) {
  for (let i = 0; i < 450; i++) {
    const { code, text } = await writers.client.call('GET', folderOf(resource));
    if (code === 200) return JSON.parse(text);
    await sleep(200);
  }
  throw new Error(`no list of ${resource} within 90 s`);
}

/** Waits until the watch has come to the end of what the log has for it, or for so long that it never will. */
async function caughtUp(watcher, last) {
  for (let i = 0; i < 300 && watcher.revision < last; i++) await sleep(100);
}

function sized(sizes) {
  const sorted = sizes.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return `${sorted.length} batches, half of them with ${at(0.5)} messages or more, a tenth with ${at(0.9)}, the largest with ${at(1)}`;
}

/** Answers what the log holds. `check` is told of every question what is wrong. The writers go on afterwards. */
export async function settle({ shiplog, writers, watchers, powerCuts }, check, label) {
  await writers.pause();
  const lists = new Map();
  for (const resource of Object.keys(kinds)) lists.set(resource, (await list(writers, resource)).items);
  const entries = await readLog(shiplog.settings);
  const acknowledged = writers.writes.filter(({ outcome }) => outcome === 'acknowledged').length;
  console.log(`${label}: ${entries.length} messages, ${writers.writes.length} writes, ${acknowledged} acknowledged`);
  check('the log is without gaps, and each object a chain', checkLog(entries));
  check('acknowledged writes are there once, others at most once', checkWrites(writers.writes, entries));
  const { wrong, cutOff, sizes } = checkBatches(entries, writers.writes, powerCuts);
  check('no batch is halved', wrong, sized(sizes));
  if (cutOff > 0) console.log(`       of ${cutOff} a power cut left the beginning, of which nobody had been told`);
  for (const [resource, items] of lists) {
    const objects = items.map((object) => ({
      subject: subjectOf(resource, object.metadata.name),
      uid: object.metadata.uid,
      revision: Number(object.metadata.resourceVersion),
      hash: contentHash(object),
    }));
    check(`the list of ${resource} is what the log says`, checkPresent(objects, entries.filter(isOf(resource))));
  }
  for (const watcher of watchers) {
    const own = entries.filter(isOf(watcher.resource));
    await caughtUp(watcher, own.at(-1)?.sequence ?? 0);
    const found = [...watcher.problems, ...checkWatch(watcher.events, own, watcher.from)];
    const { length } = watcher.events;
    check(
      `a watch of ${watcher.resource} has seen all of it once`,
      found,
      `${length} events, ${watcher.connections} connections`,
    );
  }
  writers.resume();
  return entries;
}

/** What users see of the past, and what PostgreSQL holds, against the log. */
export async function checkProjections(shiplog, check, entries) {
  for (const [resource, { kind }] of Object.entries(kinds)) {
    const bySubject = Map.groupBy(entries.filter(isOf(resource)), ({ subject }) => subject);
    const [subject, own] = [...bySubject].reduce((most, one) => (one[1].length > most[1].length ? one : most));
    const expected = own.map(({ sequence }) => String(sequence)).reverse();
    const object = `${kind.toLowerCase()}/${subject.split('.').at(-1)}`;
    const told = (await shiplog.history(object, namespace)).map((item) => item.resourceVersion);
    const isSame = JSON.stringify(told) === JSON.stringify(expected);
    check(
      `shiplog history tells every change of a ${kind}`,
      isSame ? [] : [`${told.length} instead of ${expected.length}`],
    );
  }
  const verified = await shiplog.command('verify').then(
    () => [],
    (error) => [String(error.stdout ?? error)],
  );
  check('shiplog verify finds no difference', verified);
}
