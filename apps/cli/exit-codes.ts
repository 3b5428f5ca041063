/** What a shell is told. Part of the interface: scripts depend on it. */
export const EXIT = {
  done: 0,
  failed: 1,
  rowsRefused: 2,
  unusableInput: 3,
  unreachable: 4,
  notAllowed: 5,
} as const;

export const EXIT_HELP = `
Exit codes:
  0  done
  1  failed on the way; what was done stays, and running it again goes on from there
  2  imported, but some rows were refused: the report says which and why
  3  nothing was done: the command line, the mapping or the file cannot be used, or the server refuses it
  4  no server could be reached
  5  the server does not accept the token, or not for this`;

/** Ends a command with one sentence for the person and a code for the shell. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}
