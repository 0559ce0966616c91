import type { KubeObject, ManagedFieldsEntry } from '../../api/kube-object.js';
import { parseApiVersion } from '../../api/group-version.js';
import { kindNode } from '../../schema/type-node.js';
import answers from '../fixtures/reference-managed-fields.json' with { type: 'json' };
import { serverSideApply } from './server-side-apply.js';
import { trackUpdate } from './track-update.js';

interface Answer {
  what: string;
  kind: 'update' | 'apply';
  before?: KubeObject;
  next: KubeObject;
  writer: { manager: string; apiVersion: string; kind: string; force: boolean };
  expected: ManagedFieldsEntry[];
}

const byManager = (entries: readonly ManagedFieldsEntry[] = []): ManagedFieldsEntry[] =>
  entries.map(({ time: _time, ...entry }) => entry).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

// Writes made to kube-apiserver v1.36.3, each with the object before it, what was written, and the managedFields that it answered.
test.each(answers as unknown as Answer[])(
  '$what owns what the reference says',
  ({ kind, before, next, writer, expected }) => {
    const schema = kindNode({ ...parseApiVersion(writer.apiVersion), kind: writer.kind });
    const context = { ...writer, now: '2026-11-21T12:00:00Z', schema };
    const ours = kind === 'apply' ? serverSideApply(before, next, context) : trackUpdate(before, next, context);
    expect(byManager(ours.metadata.managedFields)).toEqual(byManager(expected));
  },
);
