import Database from 'better-sqlite3';
import { join } from 'node:path';
import { StoreFault, type EventStore } from '../libs/event-store/event-store.js';
import { ticks } from '../libs/lead-commands/ticks.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { KeyStoreFault, type KeyStore } from '../libs/personal-data/key-store.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { CHECKED, eraseContact, erasedTo, newAddress } from './erasure.spec-kit.js';
import { showLead } from './lead-life.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

/** Fails one call of a store, before its effect or after it: the answer is lost either way. */
class OneFault {
  private left = -1;
  private isAfter = false;
  struck = false;

  arm(at: number, isAfter: boolean): void {
    [this.left, this.isAfter, this.struck] = [at, isAfter, false];
  }

  disarm(): void {
    this.left = -1;
  }

  over<Store extends object>(store: Store, names: readonly string[], fault: () => Error): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (!names.includes(String(name))) return (member as () => unknown).bind(target);
        return async (...args: unknown[]) => {
          const strikes = this.left >= 0 && this.left-- === 0;
          if (strikes) this.struck = true;
          if (strikes && !this.isAfter) throw fault();
          const answer = await (member as (...given: unknown[]) => unknown).apply(target, args);
          if (strikes) throw fault();
          return answer;
        };
      },
    });
  }
}

/** With `BATON_TEST_EVERY_CALL=1` each call fails in both ways, else every second in each. */
const EVERY_CALL = process.env['BATON_TEST_EVERY_CALL'] === '1';
const CALLS = 30;
const KEY_CALLS = [
  'erase',
  'keyFor',
  'contactLeads',
  'members',
  'unfinishedErasures',
  'setFencedUpTo',
  'finishErasure',
];
const fault = new OneFault();
const storeOf = (store: EventStore) =>
  fault.over(store, ['append', 'readStream'], () => new StoreFault('the store is away'));
let areKeysAway = false;
const keysOf = (keys: KeyStore): KeyStore =>
  new Proxy(
    fault.over(keys, KEY_CALLS, () => new KeyStoreFault('the key store is away')),
    {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (!areKeysAway || typeof member !== 'function' || name === 'close') return member;
        return () => Promise.reject(new KeyStoreFault('the key store is away'));
      },
    },
  );

let baton: TestBaton;
beforeAll(async () => {
  // Creates of people wait for ticks, as they do where it runs: an erasure may come in between.
  baton = await startBaton({ store: storeOf, keys: keysOf, ticks: ticks(undefined, 15) });
  await formTeams(baton.as, ['north-marketing', 'north-sales']);
});
afterAll(() => baton.stop());

async function person() {
  const details = { email: newAddress(), name: 'Grace' };
  const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details }));
  return { lead, contact: (await showLead(baton, lead)).contact!, ...details };
}
const eventsOf = async (stream: string) => (await baton.events()).filter((event) => event.stream === stream);

describe('An erasure whose stores fail', () => {
  it.each([false, true])(
    'at any call comes to the same end, each step told once (answer lost: %s)',
    async (isAfter) => {
      let struck = 0;
      for (let at = EVERY_CALL ? 0 : Number(isAfter); at < CALLS; at += EVERY_CALL ? 1 : 2) {
        const { lead, contact } = await person();
        await baton.as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
        fault.arm(at, isAfter);
        const approval = { key: `approval-${contact}` };
        const approve = () => baton.as('root').post(`/data-subjects/${contact}/erasure/approval`, CHECKED, approval);
        await until(approve, ({ status }) => status < 300, 'the approval to be answered');
        await until(
          () => baton.as('pia').get<{ erasure?: { stage: string } }>(`/data-subjects/${contact}`),
          ({ body }) => body.erasure?.stage === 'live',
          `the erasure after a fault at call ${at}`,
        );
        fault.disarm();
        struck += Number(fault.struck);
        expect((await eventsOf(`contact-${contact}`)).map(({ type, data }) => [type, data.step ?? data.stage])).toEqual(
          [
            ['ContactRegistered.v1', undefined],
            ['ErasureRequested.v1', undefined],
            ['ErasureApproved.v1', undefined],
            ['ErasureStepDone.v1', 'keys'],
            ['ErasureStepDone.v1', 'caches'],
            ['ErasureStepDone.v1', 'sinks'],
            ['ErasureStepDone.v1', 'leads'],
            ['PersonalDataErased.v1', 'live'],
          ],
        );
        const types = (await eventsOf(`lead-${lead}`)).map(({ type }) => type);
        expect(types.filter((type) => type === 'LeadDisqualified.v1')).toHaveLength(1);
        expect(await baton.as('maria').read(`/leads/${lead}/contact`)).toEqual({ details: 'erased' });
      }
      expect(struck).toBeGreaterThan(EVERY_CALL ? 20 : 10);
    },
  );

  it('is not approved while the keys are away; what needs none works meanwhile, what needs one changes nothing', async () => {
    const { lead, contact } = await person();
    await baton.as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
    const approval = { key: `approval-${contact}` };
    areKeysAway = true;
    try {
      const answer = await baton.as('root').post(`/data-subjects/${contact}/erasure/approval`, CHECKED, approval);
      expect(answer.status).toBe(503);
      expect((await baton.as('ana').get(`/leads/${lead}`)).status).toBe(200);
      expect((await baton.as('maria').get('/leads')).status).toBe(200);
      expect((await baton.as('maria').get(`/leads/${lead}/contact`)).status).toBe(503);
      const head = await baton.store.head();
      for (const path of ['/leads', `/leads/${lead}/correct-details`]) {
        const body = path === '/leads' ? newLead({ details: { name: 'Ada' } }) : { details: { name: 'Ada' } };
        expect([path, (await baton.as('maria').post(path, body)).status]).toEqual([path, 503]);
      }
      expect(await baton.store.head()).toBe(head);
    } finally {
      areKeysAway = false;
    }
    await baton.as('root').done(`/data-subjects/${contact}/erasure/approval`, CHECKED, approval);
    await erasedTo(baton.as, contact, 'live');
  });
});

describe('Erasing that races everything else', () => {
  it('leaves no key, no address and nothing readable', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { lead, contact, email } = await person();
      const canary = `canary${contact.replaceAll('-', '')}`;
      const maria = baton.as('maria');
      const racing = [
        eraseContact(baton.as, contact),
        ...Array.from({ length: 4 }, () => maria.post(`/leads/${lead}/correct-details`, { details: { name: canary } })),
        ...Array.from({ length: 4 }, () => maria.post('/leads', newLead({ details: { email, name: canary } }))),
        maria.post(`/leads/${lead}/record-interest`, { source: 'email', topic: 'x', note: canary }),
        baton.as('pia').get('/exports/events?withPersonalData=true'),
        baton.as('pia').get('/exports/leads?withPersonalData=true'),
      ];
      await Promise.all(racing);
      await erasedTo(baton.as, contact, 'live');
      const database = new Database(join(baton.dataDir, 'contacts.sqlite'), { readonly: true });
      expect(database.prepare('SELECT count(*) AS n FROM data_key WHERE contact = ?').get(contact)).toEqual({ n: 0 });
      expect(database.prepare('SELECT count(*) AS n FROM index_entry WHERE contact = ?').get(contact)).toEqual({
        n: 0,
      });
      database.close();
      const leads = (await baton.events()).filter(({ data }) => data.contact === contact).map(({ stream }) => stream);
      for (const stream of leads) {
        const { text } = await maria.get(`/leads/${stream.slice('lead-'.length)}/timeline?limit=500`);
        expect(text).not.toContain(canary);
        await until(
          () => showLead(baton, stream.slice('lead-'.length)),
          ({ state }) => state === 'disqualified',
          'a lead that was created meanwhile to be closed',
        );
      }
    }
  });
});
