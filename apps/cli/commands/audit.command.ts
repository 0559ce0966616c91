import { once } from 'node:events';
import type { Command } from 'commander';
import { historyRoot } from '@shiplog/domain';
import { withAccessOptions, withClient, type AccessOptions, type PastClient } from './history/api-access.js';

export interface AuditOptions {
  readonly since?: string;
  readonly until?: string;
}

export function addAuditCommand(program: Command): void {
  const audit = program.command('audit').description('what was done to the cluster, for those who collect audit logs');
  withAccessOptions(audit.command('export'))
    .description('print every change as audit.k8s.io/v1 Event, a JSON line each')
    .option('--since <moment>', 'a revision, a time, or how long ago (24h); default: the beginning')
    .option('--until <moment>', 'the same; default: now')
    .action((options: AuditOptions & AccessOptions) =>
      withClient(options, async (client) => {
        for await (const line of auditLines(client, options))
          if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
      }),
    );
}

export function auditLines(client: PastClient, { since, until }: AuditOptions): AsyncIterable<string> {
  const query = new URLSearchParams({ since: since ?? '0', until: until ?? 'now' });
  return client.lines(`${historyRoot}/audit?${query}`);
}
