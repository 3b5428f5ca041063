import { CommanderError, type Command } from 'commander';
import { CommandFailed, EXIT } from './exit-codes.js';

/** Runs the command line and answers the exit code. What went wrong is told on stderr in one line. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? EXIT.done);
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? EXIT.done : EXIT.unusableInput;
    const known = fault instanceof CommandFailed;
    process.stderr.write(`baton: ${fault instanceof Error ? fault.message : 'failed'}\n`);
    return known ? fault.exitCode : EXIT.failed;
  }
}
