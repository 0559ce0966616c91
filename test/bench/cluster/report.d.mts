export function forTerminal(report: object): string;
export function asMarkdown(report: object, folder: string): string;
export function charts(report: object): Record<string, string>;
