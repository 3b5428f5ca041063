import { randomUUID } from 'node:crypto';
import { secondsOf } from './at-once.js';
import { HttpConnection, type HttpAnswer } from './http-connection.js';
import { detailsOf, SCORED_PROFILE, STEWARD } from './people.js';

const CREATED = [200, 201];

/** A service that creates leads, each of another person, over kept-alive connections. */
export class CreatingClient {
  constructor(
    private readonly url: string,
    private readonly connections: number,
    private readonly token?: string,
  ) {}

  /** Seconds for that many creates, one after the other on each connection; the last answer for whoever needs it. */
  async create(count: number): Promise<{ readonly seconds: number; readonly last: HttpAnswer }> {
    // Made beforehand: only sending is the measured side's.
    const requests = Array.from({ length: count }, () => this.request());
    const opened = await Promise.all(Array.from({ length: this.connections }, () => HttpConnection.open(this.url)));
    let last: HttpAnswer | undefined;
    const sendAll = async (connection: HttpConnection): Promise<void> => {
      for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
        last = await connection.send(request);
        if (!CREATED.includes(last.status)) throw new Error(`a create was answered ${last.status}: ${last.body}`);
      }
    };
    try {
      const seconds = await secondsOf(() => Promise.all(opened.map(sendAll)));
      if (last === undefined) throw new Error('nothing was created');
      return { seconds, last };
    } finally {
      for (const connection of opened) connection.close();
    }
  }

  /** Creates a lead of another person, as it goes over the line. */
  request(): string {
    const key = randomUUID();
    const lead = { source: 'organic_search', topic: 'robots', steward: STEWARD };
    const body = JSON.stringify({ ...lead, profile: SCORED_PROFILE, details: detailsOf(key) });
    const authorization = this.token === undefined ? '' : `authorization: Bearer ${this.token}\r\n`;
    return (
      `POST /leads HTTP/1.1\r\nhost: ${new URL(this.url).host}\r\n${authorization}idempotency-key: ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    );
  }
}
