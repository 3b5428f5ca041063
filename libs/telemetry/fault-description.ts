export interface FaultDescription {
  readonly name: string;
  readonly code?: string;
  readonly frames: readonly string[];
}

/** What may be logged of a fault: name, code and stack frames. Not the message: drivers and parsers quote their input. */
export function describeFault(fault: unknown): FaultDescription {
  if (!(fault instanceof Error)) return { name: typeof fault, frames: [] };
  const { code } = fault as NodeJS.ErrnoException;
  return {
    name: fault.name,
    ...(typeof code === 'string' ? { code } : {}),
    frames: framesOf(fault.stack ?? '', fault.message),
  };
}

/** A stack begins with the message, whose lines may look like frames. */
function framesOf(stack: string, message: string): readonly string[] {
  const start = Math.max(0, stack.indexOf(message)) + message.length;
  return stack
    .slice(start)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*(:\d+:\d+|<anonymous>|native)\)?$/.test(line));
}
