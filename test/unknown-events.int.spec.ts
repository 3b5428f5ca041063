import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../apps/baton/embedded.js';
import type { NewEvent } from '../libs/event-store/event-store.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, reached } from './lead-life.spec-kit.js';
import { formTeams, goodLead, newLead, signPolicy } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

/** What a newer program might write: this one has never heard of it. */
const fromTheFuture = (type: string, data: NewEvent['data'] = { nonce: 'n'.repeat(22), cycle: 1 }): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    recordedAt: '2026-01-01T00:00:00.000Z',
    actor: { kind: 'human', id: 'maria', role: 'marketing' },
  },
});

describe.each(['LeadContacted.v2', 'LeadFramed.v1'])(
  'A lead with an event of an unknown type or version (%s)',
  (type) => {
    let baton: TestBaton;
    let poisoned: LeadView;
    beforeAll(async () => {
      baton = await startBaton();
      await formTeams(baton.as);
      await signPolicy(baton.as);
      poisoned = await new LeadLife(baton).offered();
      const appended = await baton.store.append(`lead-${poisoned.lead}`, poisoned.revision, [fromTheFuture(type)]);
      expect(appended).toMatchObject({ ok: true });
    });
    afterAll(() => baton.stop());

    it('is left alone: no command is decided on it and nothing shown that may be wrong, with a clear problem', async () => {
      const { lead } = poisoned;
      for (const answer of [
        await baton.as('maria').get(`/leads/${lead}`),
        await baton.as('sven').post(`/leads/${lead}/accept`),
        await baton.as('maria').post(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' }),
      ]) {
        expect(answer.status).toBe(503);
        expect(answer.body).toMatchObject({ type: 'urn:baton:problem:unknown-event' });
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      expect(baton.log()).toContain(
        `lead-${lead}@${poisoned.revision + 1} is ${type}, which this program does not know`,
      );
      expect(await baton.store.readStream(`lead-${lead}`)).toHaveLength(poisoned.revision + 2);
    });

    it('is parked by the views, while other leads go on, through routing too', async () => {
      const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', goodLead());
      await reached(baton, lead, 'offered');
      const parked = await until(
        () =>
          baton.as('root').read<{ streams: { projection: string; stream: string; fault: string }[] }>('/dead-letters'),
        ({ streams }) => streams.some(({ projection }) => projection === 'lead-card'),
        'a parked stream',
      );
      expect(parked.streams).toContainEqual(
        expect.objectContaining({ stream: `lead-${poisoned.lead}`, fault: 'UnknownEventType' }),
      );
      expect(new Set(parked.streams.map(({ stream }) => stream))).toEqual(new Set([`lead-${poisoned.lead}`]));
      const { lead: after } = await baton.as('maria').done<LeadAnswer>('/leads', newLead());
      expect(await baton.as('maria').read(`/leads/${after}/card?after=${after}@0`)).toMatchObject({
        state: 'captured',
      });
    });
  },
);

describe('A lead with an event that has not what its type must have', () => {
  it('is left alone, too, by commands and by routing, which goes on with others', async () => {
    const baton = await startBaton();
    await formTeams(baton.as);
    await signPolicy(baton.as);
    const { lead, revision } = await baton.as('maria').done<LeadAnswer>('/leads', newLead());
    const hollow = ['InterestRecorded.v1', 'LeadContacted.v1', 'LeadMerged.v1'].map((type) => fromTheFuture(type, {}));
    expect(await baton.store.append(`lead-${lead}`, revision, hollow)).toMatchObject({ ok: true });
    // Nothing begins it: an event of a known type alone.
    expect(await baton.store.append(`lead-${randomUUID()}`, 'no-stream', hollow.slice(1, 2))).toMatchObject({
      ok: true,
    });
    const interest = { source: 'email', topic: 'robots' };
    const problem = await baton.as('maria').refused(503, `/leads/${lead}/record-interest`, interest);
    expect(problem.type).toBe('urn:baton:problem:unknown-event');
    const { lead: other } = await baton.as('maria').done<LeadAnswer>('/leads', goodLead());
    await reached(baton, other, 'offered');
    await baton.stop();
  });
});

describe('A team with an event of an unknown type', () => {
  it('stops the start, with the place in one line: nobody decides on half of who may do what', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'baton-unknown-'));
    try {
      const first = await startBaton({ dataDir });
      await formTeams(first.as, ['north-marketing']);
      const team = await first.store.readStream('team-north-marketing');
      await first.store.append('team-north-marketing', team.length - 1, [fromTheFuture('TeamRenamed.v1')]);
      await first.stop();
      await expect(startEmbedded({ dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent' })).rejects.toThrow(
        `team-north-marketing@${team.length} is TeamRenamed.v1, which this program does not know`,
      );
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});
