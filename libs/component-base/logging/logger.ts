import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** A component's logger: one JSON line an entry on stderr, constant message, values as fields. Level from SHIPLOG_LOG_LEVEL. */
export const createLogger = (component: string): Logger =>
  pino(
    {
      name: component,
      level: process.env['SHIPLOG_LOG_LEVEL'] ?? 'info',
      base: { component },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: false }),
  );
