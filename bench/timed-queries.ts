import { HttpConnection } from './http-connection.js';
import { percentile } from './figure.js';

/** A question over HTTP, asked in several forms. */
export interface Query {
  readonly name: string;
  readonly token: string;
  readonly paths: readonly string[];
}

export interface Timed {
  readonly name: string;
  readonly requests: number;
  readonly median: number;
  readonly p99: number;
}

/** Each query asked so often, one request at a time; in milliseconds from sending to the whole answer. */
export async function timedQueries(url: string, queries: readonly Query[], requests: number): Promise<Timed[]> {
  const connection = await HttpConnection.open(url);
  const ask = async (path: string, token: string): Promise<number> => {
    const begun = performance.now();
    const { status, body } = await connection.send(
      `GET ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${body}`);
    return performance.now() - begun;
  };
  try {
    const timed: Timed[] = [];
    for (const { name, token, paths } of queries) {
      // Once for the statements, which are prepared when they are first needed.
      for (const path of paths) await ask(path, token);
      const took: number[] = [];
      for (let at = 0; at < Math.max(requests, paths.length); at += 1) {
        took.push(await ask(paths[at % paths.length] ?? '', token));
      }
      timed.push({ name, requests: took.length, median: percentile(took, 0.5), p99: percentile(took, 0.99) });
    }
    return timed;
  } finally {
    connection.close();
  }
}
