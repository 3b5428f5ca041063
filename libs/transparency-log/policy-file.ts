import { refused, type Parsed } from './parsed.js';
import { PolicyReader } from './policy-reader.js';
import type { TlogPolicy } from './tlog-policy.js';

const MOST_POLICY_BYTES = 256 * 1024;
const [TAB, NEWLINE, FIRST_PRINTABLE, DELETE] = [0x09, 0x0a, 0x20, 0x7f];

/** Reads a policy file; a problem names the line. */
export function parsePolicy(file: Uint8Array): Parsed<TlogPolicy> {
  if (file.length > MOST_POLICY_BYTES) return refused(`policy: has over ${MOST_POLICY_BYTES} bytes`);
  const reader = new PolicyReader();
  // Octets are opaque to the grammar: one character each. Keys and addresses are read as UTF-8 afterwards.
  const text = Buffer.from(file).toString('latin1');
  const lines = text.split('\n');
  // A file that was cut short could ask for less than its author wrote.
  if (lines.pop() !== '') return refused(`policy: line ${lines.length + 1} does not end in a newline`);
  for (const [at, line] of lines.entries()) {
    const problem = isText(line) ? reader.take(line) : 'has a control character';
    if (problem !== undefined) return refused(`policy: line ${at + 1} ${problem}`);
  }
  return reader.policy();
}

function isText(line: string): boolean {
  for (let at = 0; at < line.length; at += 1) {
    const octet = line.charCodeAt(at);
    if ((octet < FIRST_PRINTABLE && octet !== TAB && octet !== NEWLINE) || octet === DELETE) return false;
  }
  return true;
}
