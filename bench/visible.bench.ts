import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonApi } from './baton-api.js';
import { CreatingClient } from './create-requests.js';
import { percentile, type BenchFigure } from './figure.js';
import { HttpConnection } from './http-connection.js';
import { LineProcess } from './line-process.js';

const CONNECTIONS = 50;
const WARM_UP = 1_000;
const CREATES = 4_000;
const SECONDS = 15;
const TICK_MS = 5;
/** Of so many creates one is looked for: looking is not to be the load. */
const LOOKED_FOR = 4;
const CREATED = [200, 201];

/**
 * From the answer of a command to the answer of a query that has it (`GET /leads/{id}/card?after=lead@revision`), while
 * leads are created at half the rate that fifty connections reach at most.
 */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const dataDir = join(directory, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  const server = new LineProcess(join(import.meta.dirname, 'baton-server.js'), ['sqlite', dataDir]);
  try {
    const { url } = await server.hear<{ url: string }>();
    const api = await BatonApi.of(url, dataDir);
    await api.agree();
    const client = new CreatingClient(url, CONNECTIONS, await api.tokenOf('form'));
    await client.create(WARM_UP);
    const { seconds, last } = await client.create(CREATES);
    const { lead, revision } = JSON.parse(last.body) as Place;
    await api.whenSeen(lead, revision);
    // Also what the full load left behind: it is not the half load's.
    await api.whenSealed(lead, revision);
    const most = CREATES / seconds;
    const seen = await seenAtRate(url, client, most / 2, await api.tokenOf('maria'));
    return [
      {
        name: 'command → visible in a view at half load, p99',
        value: percentile(seen, 0.99),
        unit: 'ms',
        must: 50,
        better: 'lower',
        note: `median ${percentile(seen, 0.5).toFixed(1)} ms of ${seen.length}; ${Math.round(most / 2)} of at most ${Math.round(most)} creates/s`,
      },
    ];
  } finally {
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

interface Place {
  readonly lead: string;
  readonly revision: number;
}

/** Milliseconds from the answer of each looked-for create to the card that has it. */
async function seenAtRate(url: string, client: CreatingClient, rate: number, reader: string): Promise<number[]> {
  const open = (count: number) => Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
  const [creating, reading] = [await open(CONNECTIONS), await open(CONNECTIONS)];
  const seen: number[] = [];
  const head = `HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${reader}\r\n\r\n`;
  const one = async (connection: HttpConnection, request: string, isLookedFor: boolean): Promise<void> => {
    const used = connection.isOpen ? connection : await HttpConnection.open(url);
    const { status, body } = await used.send(request);
    const answered = performance.now();
    creating.push(used);
    if (!CREATED.includes(status)) throw new Error(`a create was answered ${status}: ${body}`);
    const idle = isLookedFor ? reading.pop() : undefined;
    if (idle === undefined) return;
    const looking = idle.isOpen ? idle : await HttpConnection.open(url);
    const { lead, revision } = JSON.parse(body) as Place;
    const card = await looking.send(`GET /leads/${lead}/card?after=${lead}@${revision} ${head}`);
    if (card.status !== 200) throw new Error(`the card was answered ${card.status}: ${card.body}`);
    seen.push(performance.now() - answered);
    reading.push(looking);
  };
  const requests = Array.from({ length: Math.ceil(rate * SECONDS) }, () => client.request());
  const sent: Promise<void>[] = [];
  const begun = performance.now();
  try {
    while (sent.length < requests.length) {
      const due = Math.min(requests.length, Math.floor(((performance.now() - begun) / 1_000) * rate));
      while (sent.length < due) {
        const connection = creating.pop();
        // All are waiting: what is due is sent later, and the rate with it.
        if (connection === undefined) break;
        const doing = one(connection, requests[sent.length] ?? '', sent.length % LOOKED_FOR === 0);
        // Thrown where all are awaited.
        doing.catch(() => undefined);
        sent.push(doing);
      }
      await sleep(TICK_MS);
    }
    await Promise.all(sent);
    return seen;
  } finally {
    for (const connection of [...creating, ...reading]) connection.close();
  }
}
