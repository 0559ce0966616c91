import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@shiplog/component-base';

/** What Nest has to say of faults, as lines of our log; how it starts is of no interest. */
export const nestLogger = (logger: Pick<Logger, 'warn' | 'error'>): LoggerService => ({
  log: () => undefined,
  warn: (text: unknown) => logger.warn({ error: textOf(text) }, 'Nest warns'),
  error: (text: unknown) => logger.error({ error: textOf(text) }, 'Nest met a fault'),
});

const textOf = (text: unknown): string => (text instanceof Error ? (text.stack ?? text.message) : String(text));
