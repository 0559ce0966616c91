export const workloadNames: string[];
export function withPrerequisites(chosen: string[]): string[];
export function memoryTarget(pods: number): number;
