export interface FaultDescription {
  readonly name: string;
  readonly code?: string;
  readonly frames: readonly string[];
}

/** What may be logged of a fault: name, code and stack frames. Not the message: drivers and parsers quote their input. */
export function describeFault(fault: unknown): FaultDescription {
  if (!(fault instanceof Error)) return { name: typeof fault, frames: [] };
  const { code } = fault as NodeJS.ErrnoException;
  const frames = (fault.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: fault.name,
    ...(typeof code === 'string' ? { code } : {}),
    frames: frames.map((frame) => frame.trim()),
  };
}
