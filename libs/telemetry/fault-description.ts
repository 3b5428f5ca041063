export interface FaultDescription {
  readonly name: string;
  readonly code?: string;
  /** only of faults of our own, which promise fixed words */
  readonly message?: string;
  readonly frames: readonly string[];
}

/**
 * What may be logged of a fault: name, code and stack frames. Not the message, since drivers and parsers quote their
 * input, but for classes of ours that say by `disclosable` that theirs holds nothing that anybody typed.
 */
export function describeFault(fault: unknown): FaultDescription {
  if (!(fault instanceof Error)) return { name: typeof fault, frames: [] };
  const { code } = fault as NodeJS.ErrnoException;
  return {
    name: fault.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...('disclosable' in fault && fault.disclosable === true ? { message: fault.message } : {}),
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
