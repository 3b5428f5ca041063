import { MOST_ENTRY_BYTES } from '../transparency-log/entry-bundle.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { TrailReader } from './trail-reader.js';

/** A bundle of 256 entries, each as long as it may be and after its two bytes of length. */
const MOST_BYTES = TILE_WIDTH * (MOST_ENTRY_BYTES + 2);
const PATIENCE_MS = 30_000;
const TRIES = 3;

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
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#get(path);
      } catch (fault) {
        if (fault instanceof LogUnreachable) throw fault;
        if (tries === TRIES) throw new LogUnreachable(`${path} cannot be had from the log's server`, { cause: fault });
      }
    }
  }

  async #get(path: string): Promise<Buffer | undefined> {
    const response = await fetch(this.#base + path, {
      headers: this.#headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'error',
    });
    if (response.ok) return bodyOf(response, path);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    if (response.status >= 500) throw new Error(`status ${response.status}`);
    throw new LogUnreachable(`the log's server answers ${path} with ${response.status}`);
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
