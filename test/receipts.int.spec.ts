import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyEventSignature, type EventKeys } from '../libs/contracts/event-keys.js';
import { leafOf } from '../libs/contracts/leaf.js';
import { verifyReceipt, type Receipt } from '../libs/contracts/receipt.js';
import type { LeadAnswer, WrittenEvent } from '../libs/lead-commands/http/command-answer.dto.js';
import type { RowVerdict } from '../libs/lead-commands/http/batch-creation.js';
import { idHex } from '../libs/transparency-log/note-key.js';
import { parseSkey } from '../libs/transparency-log/note-signer.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { formTeams, goodLead, POLICY, signPolicy } from './people.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';

let dataDir: string;
let baton: TestBaton;
let keys: EventKeys;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-receipts-'));
  baton = await startBaton({ dataDir });
  const signer = parseSkey((await readFile(join(dataDir, 'event-signing.key'), 'utf8')).trimEnd());
  if (!signer.ok) throw new Error(signer.problem);
  const { key } = signer.value;
  keys = new Map([[idHex(key.id), { key, from: '2000-01-01T00:00:00.000Z' }]]);
  await formTeams(baton.as);
  await signPolicy(baton.as);
});
afterAll(async () => {
  await baton.stop();
  await rm(dataDir, { recursive: true });
});

const receiptsOf = (events: readonly WrittenEvent[]): readonly Receipt[] =>
  events.map(({ receipt }) => receipt as unknown as Receipt);

/** Whether receipts are those of what the store holds, by the bytes of the answer alone. */
async function holds(events: readonly WrittenEvent[], stream: string): Promise<void> {
  expect(events.length).toBeGreaterThan(0);
  const stored = await baton.store.readStream(stream, { from: events[0]!.revision, limit: events.length });
  expect(events.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
  for (const [at, receipt] of receiptsOf(events).entries()) {
    expect(verifyReceipt(receipt, keys)).toEqual({ ok: true, value: true });
    const { sig, ...leaf } = leafOf(stored[at]!, undefined);
    expect(receipt).toEqual({ leaf, signature: sig });
  }
}

describe('A receipt', () => {
  it('comes with each event that a command wrote: of a lead, a team, a policy, a contact, and in a batch', async () => {
    const created = await baton.as('maria').done<LeadAnswer>('/leads', goodLead());
    await holds(created.events, `lead-${created.lead}`);
    const team = await baton.as('root').done<{ events: WrittenEvent[] }>('/teams/north-sales/join', { person: 'sid' });
    await holds(team.events, 'team-north-sales');
    const { contact } = await baton.as('maria').read<{ contact: string }>(`/leads/${created.lead}`);
    const consent = { consent: 'withdrawn' };
    const changed = await baton.as('form').done<{ events: WrittenEvent[] }>(`/contacts/${contact}/consent`, consent);
    await holds(changed.events, `contact-${contact}`);
    const policy = { content: POLICY };
    const proposed = await baton.as('maria').done<{ events: WrittenEvent[] }>('/policies/other/propose', policy);
    await holds(proposed.events, 'policy-other');
    const { verdicts } = await baton
      .as('maria')
      .done<{ verdicts: RowVerdict[] }>('/leads/batch', { leads: [goodLead(), {}, goodLead()] });
    expect(verdicts.map(({ status, events }) => [status, events !== undefined])).toEqual([
      ['created', true],
      ['refused', false],
      ['created', true],
    ]);
    for (const { lead, events } of verdicts) if (events) await holds(events, `lead-${lead}`);
  });

  it('of the contact that a create registered comes with it, to those who may know who is known, also repeated', async () => {
    const [key, body] = [randomUUID(), goodLead()];
    const { body: first } = await baton.as('form').post<LeadAnswer>('/leads', body, { key });
    const { contact } = await baton.as('form').read<{ contact: string }>(`/leads/${first.lead}`);
    expect(first.contactEvents?.map(({ type }) => type)).toEqual(['ContactRegistered']);
    await holds(first.contactEvents!, `contact-${contact}`);
    const { body: again } = await baton.as('form').post<LeadAnswer>('/leads', body, { key });
    expect(again).toEqual({ ...first, repeated: true });
    const { verdicts } = await baton
      .as('form')
      .done<{ verdicts: RowVerdict[] }>('/leads/batch', { leads: [goodLead(), {}, goodLead()] });
    for (const { lead, contactEvents } of verdicts) {
      if (lead === undefined) continue;
      const made = await baton.as('form').read<{ contact: string }>(`/leads/${lead}`);
      await holds(contactEvents!, `contact-${made.contact}`);
    }
  });

  it('of a registration is for others in the office of privacy: a create tells nobody whether the person was known', async () => {
    const body = goodLead();
    const created = await baton.as('maria').done<LeadAnswer>('/leads', body);
    expect(created).not.toHaveProperty('contactEvents');
    const { contact } = await baton.as('maria').read<{ contact: string }>(`/leads/${created.lead}`);
    expect((await baton.as('maria').get(`/data-subjects/${contact}/receipts`)).status).toBe(403);
    const page = await baton
      .as('pia')
      .read<{ events: WrittenEvent[]; next: string }>(`/data-subjects/${contact}/receipts?limit=1`);
    await holds(page.events, `contact-${contact}`);
    const told = await baton
      .as('pia')
      .done<{ events: WrittenEvent[] }>(`/data-subjects/${contact}/export`, { reason: 'request' });
    await holds(told.events, `contact-${contact}`);
    const rest = await baton
      .as('pia')
      .read<{ events: WrittenEvent[] }>(`/data-subjects/${contact}/receipts?limit=5&cursor=${page.next}`);
    expect(rest.events).toEqual(told.events);
    expect((await baton.as('pia').get(`/data-subjects/${randomUUID()}/receipts`)).status).toBe(404);
  });

  it('is the same when the command is repeated, also after a restart', async () => {
    const [key, body] = [randomUUID(), goodLead()];
    const first = await baton.as('maria').post<LeadAnswer>('/leads', body, { key });
    const again = await baton.as('maria').post<LeadAnswer>('/leads', body, { key });
    expect(again.body).toEqual({ ...first.body, repeated: true });
    await baton.stop();
    baton = await startBaton({ dataDir });
    const later = await baton.as('maria').post<LeadAnswer>('/leads', body, { key });
    expect(later.body.events).toEqual(first.body.events);
  });

  it('does not verify with anything changed, or by another key', async () => {
    const { events } = await baton.as('maria').done<LeadAnswer>('/leads', goodLead());
    const [receipt] = receiptsOf(events) as [Receipt];
    const { leaf, signature } = receipt;
    for (const changed of [
      { ...receipt, leaf: { ...leaf, rev: '1' } },
      { ...receipt, leaf: { ...leaf, stream: 'lead-x' } },
      { ...receipt, leaf: { ...leaf, actor: { ...leaf.actor, id: 'otto' } } },
      { ...receipt, signature: { ...signature, key: '00000000' } },
      { ...receipt, signature: { ...signature, ed25519: `A${signature.ed25519.slice(1)}` } },
    ]) {
      expect(changed).not.toEqual(receipt);
      expect(verifyReceipt(changed, keys).ok).toBe(false);
    }
  });
});

it('Every event of every stream is signed, those that rules and operators wrote too', async () => {
  await new LeadLife(baton).workedBy('sven');
  const events = await baton.events();
  const kinds = new Set(events.map(({ stream }) => stream.split('-')[0]));
  expect(kinds).toEqual(new Set(['log', 'team', 'policy', 'lead', 'contact']));
  expect(events.some(({ metadata }) => (metadata['actor'] as { role: string }).role === 'rule')).toBe(true);
  for (const event of events) {
    expect([event.type, verifyEventSignature(leafOf(event, undefined), keys)]).toEqual([
      event.type,
      { ok: true, value: true },
    ]);
  }
});
