import type { CallTree } from './call-tree.mjs';
export function flameGraph(tree: CallTree, title: string): string;
