import type { IncomingMessage } from 'node:http';
import { malformed } from './problem-exception.js';

/**
 * A header that may stand once only. Node joins repetitions with a comma or drops them, so that another reader of the
 * same request could see another value.
 *
 * @throws ProblemException 400 when it is repeated
 */
export function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  if (value === undefined) return undefined;
  let times = 0;
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (request.rawHeaders[at]?.toLowerCase() === name.toLowerCase()) times++;
  }
  if (times > 1) throw malformed({ in: 'header', field: name, rule: 'must not be repeated' });
  return String(value);
}
