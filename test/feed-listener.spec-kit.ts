import type { JsonObject } from '../libs/decider/json.js';
import type { Client } from './client.spec-kit.js';

/** What a listener heard: an event, or a word of the feed itself. */
export interface Heard {
  readonly id: string | undefined;
  readonly word: string;
  readonly data: JsonObject;
}

interface Asking {
  readonly after?: string | undefined;
  readonly query?: string;
}

/** An open feed. It reads only when it is asked to, so a test decides how slow it is. */
export class FeedListener {
  /** id of the last message, an id without data included */
  lastId: string | undefined;
  private text = '';

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly leaving: AbortController,
  ) {}

  static async open({ url, bearer }: Client, { after, query = '' }: Asking = {}): Promise<FeedListener> {
    const leaving = new AbortController();
    const response = await fetch(`${url}/lead-events${query}`, {
      headers: {
        authorization: `Bearer ${await bearer()}`,
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
      signal: leaving.signal,
    });
    const { status, headers, body } = response;
    if (!body) throw new Error('no body');
    return new FeedListener(status, headers, body.getReader() as ReadableStreamDefaultReader<Uint8Array>, leaving);
  }

  /** The next event or word; undefined where the feed has ended. */
  async next(): Promise<Heard | undefined> {
    for (;;) {
      const block = await this.block();
      if (block === undefined) return undefined;
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const id = field('id');
      if (id !== undefined) this.lastId = id;
      const data = field('data');
      if (data !== undefined) return { id, word: field('event') ?? 'message', data: JSON.parse(data) as JsonObject };
    }
  }

  async take(count: number): Promise<readonly Heard[]> {
    const heard: Heard[] = [];
    while (heard.length < count) {
      const one = await this.next();
      if (!one) throw new Error(`the feed ended after ${heard.length} of ${count}`);
      heard.push(one);
    }
    return heard;
  }

  /** Until a message that is wanted, which is the last of the result. */
  async until(isWanted: (heard: Heard) => boolean): Promise<readonly Heard[]> {
    const heard: Heard[] = [];
    for (;;) {
      const one = await this.next();
      if (!one) throw new Error(`the feed ended after ${heard.length}`);
      heard.push(one);
      if (isWanted(one)) return heard;
    }
  }

  /** Reads one part of the answer; a heartbeat will do. */
  async alive(): Promise<void> {
    await this.block();
  }

  leave(): void {
    this.leaving.abort();
    this.reader.closed.catch(() => undefined);
  }

  private async block(): Promise<string | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        const id = /^id: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) this.lastId = id;
        return block;
      }
      const { done, value } = await this.reader.read();
      if (done) return undefined;
      this.text += Buffer.from(value).toString();
    }
  }
}

/** `lead@revision`, as which an event is one of a kind. */
export const placeOf = ({ data }: Heard): string =>
  `${(data.subject as string).slice('lead-'.length)}@${data.revision as number}`;
