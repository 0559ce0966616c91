import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** Thrown at start-up with every wrong setting in it, by the name of its environment variable. */
export class ConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(`wrong configuration:\n${problems.map((p) => `  ${p}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Environment variable of a property: `natsUrl` → `SHIPLOG_NATS_URL`; `databaseUrl` is `DATABASE_URL`, as everywhere. */
export const variableOf = (property: string): string =>
  property === 'databaseUrl' ? 'DATABASE_URL' : `SHIPLOG_${property.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;

/** A text as the type of its default; what does not convert stays a text and fails its rule. */
function converted(text: string, fallback: unknown): unknown {
  if (typeof fallback === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  if (typeof fallback === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return Array.isArray(fallback) ? text.split(',') : text;
}

/**
 * Reads a component's configuration from environment variables into an instance of its class, whose fields hold the defaults
 * and whose class-validator decorators hold the rules.
 * @throws ConfigurationError naming each variable, what it is and what was expected.
 */
export function loadConfiguration<T extends object>(
  type: new () => T,
  env: Record<string, string | undefined> = process.env,
): T {
  const defaults = new type() as Record<string, unknown>;
  const given = Object.entries(defaults).flatMap(([property, fallback]) => {
    const text = env[variableOf(property)];
    return text === undefined || text === '' ? [] : [[property, converted(text, fallback)]];
  });
  const configuration = plainToInstance(type, { ...defaults, ...Object.fromEntries(given) });
  const problems = validateSync(configuration).flatMap(({ property, value, constraints }) =>
    Object.values(constraints ?? {}).map((text) => `${variableOf(property)}=${JSON.stringify(value)}: ${text}`),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return configuration;
}
