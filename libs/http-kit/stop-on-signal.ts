import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { describeFault } from '../telemetry/fault-description.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Stops in order on SIGTERM or SIGINT and then leaves with 0, or with 1 where stopping failed. A second signal changes
 * nothing: who cannot wait sends SIGKILL, which loses nothing that was acknowledged.
 */
export function stopOnSignal(
  stop: () => Promise<void>,
  process: EventEmitter & { exit: (code: number) => void },
  logger: Logger,
): void {
  let isStopping = false;
  const onSignal = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ signal }, 'stopping');
    stop().then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (fault: unknown) => {
        logger.fatal({ fault: describeFault(fault) }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
}
