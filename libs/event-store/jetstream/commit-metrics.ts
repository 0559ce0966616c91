import { exponential, spreads } from '@shiplog/component-base';
import type { StreamName } from '@shiplog/domain';
import type { CommitGroup } from './group-commit.js';

const labelNames = ['stream'] as const;
/** A sync takes from half a millisecond on; an append also waits for the commits before its own. */
const buckets = exponential(0.0005, 2, 15);

const batchSize = spreads({
  name: 'shiplog_commit_batch_size',
  help: 'Appends that were committed together',
  labelNames,
  buckets: exponential(1, 2, 11),
});
const commitSeconds = spreads({
  name: 'shiplog_commit_duration_seconds',
  help: 'Time of a commit, sync included',
  labelNames,
  buckets,
});
const appendSeconds = spreads({
  name: 'shiplog_append_duration_seconds',
  help: 'Time from when an append was asked for until it was durable or refused, waiting for its commit included',
  labelNames,
  buckets,
});

/** The same commit, measured: once a group, and an addition for each append of it. */
export function measuredCommit(stream: StreamName, commit: CommitGroup): CommitGroup {
  return async (group) => {
    const startedAt = performance.now();
    await commit(group);
    const now = performance.now();
    batchSize({ stream }).observe(group.length);
    commitSeconds({ stream }).observe((now - startedAt) / 1000);
    const waits = appendSeconds({ stream });
    for (const { since } of group) waits.observe((now - since) / 1000);
  };
}
