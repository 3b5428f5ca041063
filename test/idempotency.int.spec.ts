import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { RowVerdict } from '../libs/lead-commands/http/batch-creation.js';
import { ALL_STORES, startBaton, type TestBaton } from './baton.spec-kit.js';
import { brokenCommand, brokenStream } from './log-check.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, newLead, POLICY, signPolicy } from './people.spec-kit.js';

const AT_ONCE = 8;

interface Command {
  readonly person: string;
  readonly path: string;
  readonly body: object;
  readonly ifMatch?: number;
}
interface Outcome {
  readonly revision: number;
  readonly repeated: boolean;
  readonly events: readonly { readonly id: string }[];
}

describe.each(ALL_STORES)('A repeated command, with the events kept in %s', (stores) => {
  let baton: TestBaton;
  let life: LeadLife;
  beforeAll(async () => {
    baton = await startBaton({ stores });
    await formTeams(baton.as);
    await signPolicy(baton.as);
    life = new LeadLife(baton);
  });
  afterAll(() => baton.stop());

  const commands: Record<string, () => Promise<Command>> = {
    'that creates a lead': async () => {
      return { person: 'maria', path: '/leads', body: newLead({ details: { email: `${randomUUID()}@a.example` } }) };
    },
    'on a lead': async () => {
      const { lead } = await life.create(newLead());
      return {
        person: 'maria',
        path: `/leads/${lead}/record-interest`,
        body: { source: 'email', topic: 'x', note: 'n' },
      };
    },
    'that ends the right by which it was done': async () => {
      const { lead } = await life.offeredTo({ team: 'north-sales', person: 'sven' });
      return { person: 'sven', path: `/leads/${lead}/reject`, body: { reason: 'not-now' } };
    },
    'that is bound to a view which it itself makes stale': async () => {
      const { lead, revision } = await life.workedBy('sven');
      const body = { reason: 'workload', worker: { team: 'north-sales', person: 'sara' } };
      return { person: 'sam', path: `/leads/${lead}/reassign`, body, ifMatch: revision };
    },
    'on a team': async () => {
      return { person: 'root', path: '/teams/north-sales/join', body: { person: `p-${randomUUID()}` } };
    },
    'that proposes a policy': async () => {
      const content = { ...POLICY, threshold: Math.ceil(Math.random() * 1000) };
      return { person: 'maria', path: `/policies/s-${randomUUID()}/propose`, body: { content } };
    },
    'that signs a policy': async () => {
      const segment = `s-${randomUUID()}`;
      const proposal = await baton.as('maria').done(`/policies/${segment}/propose`, { content: POLICY });
      const { version, contentHash } = proposal;
      return { person: 'sam', path: `/policies/${segment}/sign`, body: { version, contentHash } };
    },
    'on a contact': async () => {
      const { lead } = await life.create(newLead());
      const { contact } = await baton.as('maria').read<{ contact: string }>(`/leads/${lead}`);
      return { person: 'maria', path: `/contacts/${contact}/consent`, body: { consent: 'given' } };
    },
  };
  const send = ({ person, path, body, ifMatch }: Command, key: string) =>
    baton.as(person).done<Outcome>(path, body, { key, ...(ifMatch === undefined ? {} : { ifMatch }) });

  /** How often the events of an outcome are in the log: each has to be there once. */
  async function expectOnce({ events }: Outcome): Promise<void> {
    const stored = await baton.events();
    expect(events.length).toBeGreaterThan(0);
    for (const { id } of events) expect(stored.filter((event) => event.id === id)).toHaveLength(1);
    expect(brokenStream(stored)).toBeUndefined();
    expect(brokenCommand(stored, [{ status: 200, events: events.map(({ id }) => id) }])).toBeUndefined();
  }

  it.each(Object.keys(commands))('%s has one result and one set of events, however its repeats race', async (name) => {
    const command = await commands[name]!();
    const key = randomUUID();
    const outcomes = await Promise.all(Array.from({ length: AT_ONCE }, () => send(command, key)));
    expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1);
    const first = outcomes.find(({ repeated }) => !repeated)!;
    for (const outcome of outcomes) expect({ ...outcome, repeated: false }).toEqual(first);
    await expectOnce(first);
  });

  it.each(Object.keys(commands))('%s is done once, also when its first answer was lost', async (name) => {
    const command = await commands[name]!();
    const key = randomUUID();
    await sendAndHangUp(command, key);
    const outcome = await send(command, key);
    expect(outcome.repeated).toBe(true);
    await expectOnce(outcome);
  });

  it('creates each row of a batch once', async () => {
    const key = randomUUID();
    const leads = Array.from({ length: 60 }, (_, n) => newLead({ topic: `t-${n}`, details: { phone: `+4930${n}` } }));
    const batch = () => baton.as('maria').done<{ verdicts: RowVerdict[] }>('/leads/batch', { leads }, { key });
    const answers = await Promise.all([batch(), batch(), batch()]);
    const rows = answers.map(({ verdicts }) => verdicts.map(({ row, lead, revision }) => ({ row, lead, revision })));
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[2]).toEqual(rows[0]);
    const created = answers.flatMap(({ verdicts }) => verdicts.filter(({ status }) => status === 'created'));
    expect(created.map(({ row }) => row).toSorted((a, b) => a - b)).toEqual(leads.map((_, row) => row));
    const stored = await baton.events();
    for (const { lead } of created) {
      expect(stored.filter(({ stream, type }) => stream === `lead-${lead}` && type === 'LeadCreated.v1')).toHaveLength(
        1,
      );
    }
  });

  it('leaves nothing of a refused one, so that its key can still be used', async () => {
    const { lead } = await life.create(newLead());
    const key = randomUUID();
    await baton.as('mona').refused(422, `/leads/${lead}/disqualify`, { reason: 'nope' }, { key, ifMatch: '*' });
    const done = await baton
      .as('mona')
      .done<LeadAnswer>(`/leads/${lead}/disqualify`, { reason: 'spam' }, { key, ifMatch: '*' });
    expect(done).toMatchObject({ state: 'disqualified', repeated: false });
  });

  /** Hangs up as soon as the answer begins, and hears nothing of it. */
  async function sendAndHangUp({ person, path, body, ifMatch }: Command, key: string): Promise<void> {
    const { hostname, port } = new URL(baton.url);
    const text = JSON.stringify(body);
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${hostname}`,
      `Authorization: Bearer ${await baton.as(person).bearer()}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      `Idempotency-Key: ${key}`,
      ...(ifMatch === undefined ? [] : [`If-Match: "${ifMatch}"`]),
    ];
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n${text}`));
      socket.once('data', () => {
        socket.destroy();
        resolve();
      });
      socket.on('error', reject);
    });
  }
});
