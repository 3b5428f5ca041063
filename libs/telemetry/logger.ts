import { type DestinationStream, type Logger, pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A second line of defence: nothing logs these on purpose. */
const NEVER_LOGGED = ['authorization', 'cookie', 'body', 'token', 'headers'].flatMap((name) => [name, `*.${name}`]);

/**
 * JSON lines for one service, to standard output unless told otherwise. pino escapes line breaks and control
 * characters, so that no value can begin a line of its own.
 */
export function createLogger(service: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: NEVER_LOGGED, censor: '[not logged]' },
    },
    // Written behind the request's back; what is buffered is flushed when the process exits.
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
