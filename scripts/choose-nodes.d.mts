export interface MachineAndUser {
  readonly isRoot: boolean;
  readonly runtime: string | undefined;
  readonly remembered: string | undefined;
  readonly hindrance: string | undefined;
  readonly missingPrograms: readonly { readonly what: string; readonly apt: string }[];
}
export function chooseNodes(given: MachineAndUser): { nodes: 'local' | 'compose' | 'hollow' } | { refusal: string };
