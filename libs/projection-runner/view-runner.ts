import type { BuildOperations } from './build-operations.js';
import type { DeadLetterOperations } from './dead-letter-operations.js';
import type { ProjectionRunner } from './runner.js';

/** What a process asks of the runner of its views, in whichever thread that is. */
export interface ViewRunner extends Pick<
  ProjectionRunner,
  'start' | 'stop' | 'whenProcessed' | 'whenCaughtUp' | 'status'
> {
  readonly builds: Pick<BuildOperations, keyof BuildOperations>;
  readonly deadLetters: Pick<DeadLetterOperations, keyof DeadLetterOperations>;
}
