import { isIP } from 'node:net';

/** The configuration is unsafe or contradicts itself; the message is one line that says what to change. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
