import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that a system gives to outgoing connections: whoever asks again and again at a port of those while nobody
 * listens there may be given that very port for it, and is then connected with itself, and the server cannot come back.
 */
const [FIRST, LAST] = [15_000, 32_000];
const MOST_TRIES = 100;

/**
 * A port of loopback at which nobody listens just now, and to which a server may come back after it was killed.
 *
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${LAST} is free`);
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
