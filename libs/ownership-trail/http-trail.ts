import { setTimeout as sleep } from 'node:timers/promises';
import { MOST_ENTRY_BYTES } from '../transparency-log/entry-bundle.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { TrailReader } from './trail-reader.js';

/** A bundle of 256 entries, each as long as it may be and after its two bytes of length. */
const MOST_BYTES = TILE_WIDTH * (MOST_ENTRY_BYTES + 2);
const PATIENCE_MS = 30_000;
const TRIES = 3;
/** How often a server may ask for patience (429), and how long it may ask for at once. */
const MOST_WAITS = 60;
const LONGEST_WAIT_S = 10;

/** The server of the log does not answer, or not with a file: nothing is shown, and nothing disproven. */
export class LogUnreachable extends Error {
  override name = 'LogUnreachable';
  readonly disclosable = true;
}

/** A log that a server hands out, file by file (C2SP tlog-tiles). */
export class HttpTrail extends TrailReader {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  /** @param token asked for by Baton for entries: an auditor's */
  constructor(url: string, token?: string) {
    super();
    this.#base = url.endsWith('/') ? url : `${url}/`;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** @throws LogUnreachable */
  override async read(path: string): Promise<Buffer | undefined> {
    let waits = 0;
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await this.#get(path);
        if (!(answer instanceof Wait)) return answer;
        if ((waits += 1) > MOST_WAITS) throw new LogUnreachable(`the log's server puts off ${path} again and again`);
        await sleep(answer.seconds * 1_000);
        tries = 0;
      } catch (fault) {
        if (fault instanceof LogUnreachable) throw fault;
        if (tries >= TRIES) throw new LogUnreachable(`${path} cannot be had from the log's server`, { cause: fault });
      }
    }
  }

  async #get(path: string): Promise<Buffer | undefined | Wait> {
    const response = await fetch(this.#base + path, {
      headers: this.#headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'error',
    });
    if (response.ok) return bodyOf(response, path);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    if (response.status === 429) return new Wait(response.headers.get('retry-after'));
    if (response.status >= 500) throw new Error(`status ${response.status}`);
    throw new LogUnreachable(`the log's server answers ${path} with ${response.status}`);
  }
}

/** What a server that is asked too often asks for. */
class Wait {
  readonly seconds: number;
  constructor(retryAfter: string | null) {
    const asked = Number(retryAfter ?? 1);
    this.seconds = asked >= 0 ? Math.min(asked, LONGEST_WAIT_S) : 1;
  }
}

async function bodyOf(response: Response, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) throw new LogUnreachable(`${path} is longer than any file of a log`);
  }
  return Buffer.concat(parts);
}
