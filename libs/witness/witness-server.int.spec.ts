import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { Metrics } from '../telemetry/metrics.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import { createWitnessServer } from './witness-server.js';
import { openWitness, ORIGIN, PostingLog } from './witness.spec-kit.js';

const log = new PostingLog(300);
const path = createHash('sha256').update(ORIGIN).digest('hex');

async function served(run: (url: string, opened: ReturnType<typeof openWitness>) => Promise<void>): Promise<void> {
  const opened = openWitness();
  const parts = { ...opened, logger: pino({ level: 'silent' }), metrics: new Metrics() };
  const server = createWitnessServer(parts);
  const url = await server.listen('127.0.0.1', 0);
  try {
    await run(url, opened);
  } finally {
    await server.stop();
    opened.state.close();
  }
}

const post = (url: string, body: string): Promise<Response> => fetch(`${url}/add-checkpoint`, { method: 'POST', body });

describe('a witness over HTTP', () => {
  it('answers cosignatures, sizes and checkpoints with the types of the protocol', () =>
    served(async (url) => {
      expect((await fetch(`${url}/${path}/checkpoint`)).status).toBe(404);
      const cosigned = await post(url, await log.request(0, 10));
      expect([cosigned.status, cosigned.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      const lines = await cosigned.text();
      expect(lines).toMatch(/^— example.com\/witness [A-Za-z0-9+/=]+\n$/);

      const conflict = await post(url, await log.request(0, 20));
      expect([conflict.status, conflict.headers.get('content-type')]).toEqual([409, 'text/x.tlog.size']);
      expect(await conflict.text()).toBe('10\n');
      expect(await (await fetch(`${url}/${path}/checkpoint`)).text()).toBe(log.checkpoint(10) + lines);
    }));

  it('shows the evidence against a log, and counts it', () =>
    served(async (url) => {
      await post(url, await log.request(0, 10));
      expect((await post(url, await new PostingLog(10, { from: 0 }).request(10, 10))).status).toBe(422);
      const evidence = (await (await fetch(`${url}/${path}/evidence`)).text()).trim().split('\n');
      expect(evidence.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ suspicion: 'fork' }]);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('baton_witness_evidence 1');
      expect(metrics).toContain('baton_witness_requests_total{status="200"} 1');
    }));

  it('is healthy, and refuses other methods, other paths and long bodies', () =>
    served(async (url) => {
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
      expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405);
      for (const wrong of ['/', '/checkpoint', `/${path.toUpperCase()}/checkpoint`, `/${path}/../x`])
        expect((await fetch(url + wrong)).status).toBe(404);
      expect((await post(url, 'x'.repeat(200_000))).status).toBe(413);
    }));

  it('never cosigns two trees of one size, whoever of a hundred comes first', () =>
    served(async (url, { state }) => {
      const branches = Array.from({ length: 50 }, () => new PostingLog(40, { from: 5 }));
      expect((await post(url, await log.request(0, 5))).status).toBe(200);
      const bodies = await Promise.all(branches.flatMap((one) => [one.request(5, 20), one.request(5, 40)]));
      const answers = await Promise.all(
        bodies.map(async (body) => {
          const answer = await post(url, body);
          return { body, status: answer.status, text: await answer.text() };
        }),
      );
      const cosigned = answers.filter(({ status }) => status === 200);
      expect(cosigned).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(99);
      const last = parseCheckpointNote(state.cosigned(path)!.note);
      const winner = parseCheckpointNote(cosigned[0]!.body.slice(cosigned[0]!.body.indexOf('\n\n') + 2));
      expect(last.ok && last.value.checkpoint).toEqual(winner.ok && winner.value.checkpoint);
    }));
});
