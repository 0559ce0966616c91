import type { Revision } from '@shiplog/domain';

/** Revisions are numbers below 2 to the power of this. */
const levels = 63n;

/** The nodes of a tree over all revisions that a search for one revision passes. */
export interface NodesPassed {
  /** At or before the revision: a range that is kept there begins early enough, and contains the revision if it ends behind it. */
  readonly before: readonly Revision[];
  /** Behind the revision: a range that is kept there ends late enough, and contains the revision if it begins at or before it. */
  readonly behind: readonly Revision[];
}

/**
 * Where ranges that contain a revision can be: a relational interval tree (Kriegel, Pötke, Seidl, VLDB 2000). All revisions form one
 * binary tree, by their trailing zeros; a range is kept at the topmost node that it contains (`history_node` in PostgreSQL), and whoever
 * looks for a revision passes one node a level. A node keeps at most one range of an object, so that a search meets at each no
 * more rows than objects were alive there, however long the history is. Pure.
 */
export function nodesPassed(revision: Revision): NodesPassed {
  const before: Revision[] = [];
  const behind: Revision[] = [];
  for (let level = 0n; level < levels; level++) {
    const node = ((revision >> (level + 1n)) << (level + 1n)) | (1n << level);
    (node <= revision ? before : behind).push(node);
  }
  return { before, behind };
}
