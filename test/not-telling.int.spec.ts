import Database from 'better-sqlite3';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '../libs/event-store/event-store.js';
import { metadataOf } from '../libs/contracts/event-metadata.js';
import { encodeLeaf, leafOf } from '../libs/contracts/leaf.js';
import { NO_TICKS, ticks, type Ticks } from '../libs/lead-commands/ticks.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { parseEventKeys } from '../libs/contracts/event-keys.js';
import { auditBundle } from '../libs/ownership-trail/audit-bundle.js';
import type { TrailInterval } from '../libs/ownership-trail/trail-answer.js';
import { parsePolicy } from '../libs/transparency-log/policy-file.js';
import type { KeyStore } from '../libs/personal-data/key-store.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { eraseContact, erasedTo, newAddress } from './erasure.spec-kit.js';
import { showLead } from './lead-life.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';

/** `BATON_TIMED_PAIRS=2000`: so many creates of somebody known are timed against as many of nobody. */
const TIMED_PAIRS = Number(process.env['BATON_TIMED_PAIRS'] ?? 0);
const WARM_UP = 200;
/** Beyond it chance gives a difference once in ten thousand runs. */
const MOST_Z = 3.9;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Wilcoxon's signed ranks as a normal deviate: 0 where as many are above as below, by as much. */
function signedRanks(differences: readonly number[]): number {
  const n = differences.length;
  const sum = differences
    .toSorted((a, b) => Math.abs(a) - Math.abs(b))
    .reduce((ranks, difference, at) => ranks + Math.sign(difference) * (at + 1), 0);
  return sum / Math.sqrt((n * (n + 1) * (2 * n + 1)) / 6);
}

const KEY_WRITES = ['reserveContact', 'linkLead', 'addIndexEntries'];
/** What was waited for, in order: the looks into the key store, what was made durable, each tick. */
let waits: string[] = [];

/** Calls `before` with each method's name and arguments, and what that gives once the method is done. */
function watched<Store extends object>(
  store: Store,
  before: (name: string, args: readonly unknown[]) => (() => void) | undefined,
): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const after = before(String(name), args);
        const answer = (member as (...given: unknown[]) => unknown).apply(target, args);
        return after && answer instanceof Promise ? answer.finally(after) : answer;
      };
    },
  });
}

const watchedStore = (store: EventStore): EventStore =>
  watched(store, (name, [stream]) => {
    if (name === 'append') waits.push(`append to ${String(stream).split('-')[0]}`);
    return undefined;
  });

let keyFile: Database.Database;
const version = (): unknown => keyFile.pragma('data_version', { simple: true });
/** A call is a write where the key store's file is another one afterwards. */
const watchedKeys = (keys: KeyStore): KeyStore =>
  watched(keys, (name) => {
    if (name === 'keyFor') waits.push('look at a key');
    if (!KEY_WRITES.includes(name)) return undefined;
    const before = version();
    return () => waits.push(version() === before ? 'look at the contacts' : 'write to the contacts');
  });

/** The system's own where times are measured. */
const measuring = TIMED_PAIRS > 0 ? ticks() : NO_TICKS;
const watchedTicks: Ticks = {
  endOnTick: (work) => measuring.endOnTick(work).finally(() => waits.push('tick')),
};

let baton: TestBaton;
let offset = 0;
beforeAll(async () => {
  baton = await startBaton({
    clock: () => Date.now() + offset,
    store: watchedStore,
    keys: watchedKeys,
    ticks: watchedTicks,
  });
  keyFile = new Database(join(baton.dataDir, 'contacts.sqlite'), { readonly: true });
  await formTeams(baton.as);
});
afterAll(async () => {
  keyFile.close();
  await baton.stop();
});

const SOUTH = { steward: { team: 'south-marketing', person: 'otto' } };

describe('Whether a person is known', () => {
  /** What another team's create answers, what is waited for before and after the tick, and how much is written. */
  async function created(email: string) {
    const head = Number(await baton.store.head());
    waits = [];
    const { status, body, headers } = await baton
      .as('otto')
      .post<LeadAnswer>('/leads', newLead({ details: { email }, ...SOUTH }));
    const { revision, state, cycle, repeated, allowed, events } = body;
    return {
      status,
      headers: [...headers.keys()].filter((name) => name !== 'date'),
      body: { revision, state, cycle, repeated, allowed, events: events.map(({ type }) => type) },
      written: Number(await baton.store.head()) - head,
      durable: writesIn(waits),
      afterwards: waits.slice(waits.indexOf('tick') + 1),
    };
  }
  const writesIn = (seen: readonly string[]) => seen.filter((wait) => /^(append|write)/.test(wait));
  const known = async (): Promise<string> => {
    const email = newAddress();
    await baton.as('maria').done('/leads', newLead({ details: { email } }));
    return email;
  };

  it('is told by no answer of a create to a team that does not have them, by what it waits for or how much it writes', async () => {
    const answers = [await created(newAddress()), await created(await known()), await created(newAddress())];
    expect(answers[0]).toMatchObject({
      status: 201,
      written: 2,
      durable: ['write to the contacts', 'append to contact', 'append to lead'],
      // All that finds or makes the person is done by the tick, whatever it was.
      afterwards: ['look at a key', 'append to lead'],
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('is told by no row of a batch, each of which waits for a tick of its own', async () => {
    const addresses = [newAddress(), await known(), newAddress(), await known()];
    const leads = addresses.map((email) => newLead({ details: { email }, ...SOUTH }));
    const head = Number(await baton.store.head());
    waits = [];
    const { verdicts } = await baton.as('otto').done<{ verdicts: { status: string }[] }>('/leads/batch', { leads });
    expect(verdicts.map(({ status }) => status)).toEqual(addresses.map(() => 'created'));
    expect(waits.filter((wait) => wait === 'tick')).toHaveLength(addresses.length);
    expect(Number(await baton.store.head()) - head).toBe(2 * addresses.length);
  });

  it('is told by no correction of addresses, what is somebody else’s being reserved by a tick as what is nobody’s', async () => {
    const { lead } = await baton
      .as('otto')
      .done<LeadAnswer>('/leads', newLead({ details: { email: newAddress() }, ...SOUTH }));
    const corrected = async (email: string) => {
      waits = [];
      await baton.as('otto').done(`/leads/${lead}/correct-details`, { details: { email } });
      expect(waits.filter((wait) => wait.endsWith('the contacts'))).toHaveLength(1);
      return {
        afterwards: waits.slice(waits.indexOf('tick') + 1),
        ticks: waits.filter((wait) => wait === 'tick').length,
      };
    };
    const answers = [await corrected(newAddress()), await corrected(await known())];
    expect(answers[0]).toEqual({ ticks: 1, afterwards: ['look at a key', 'append to lead'] });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('may be known to a service, which waits for no tick', async () => {
    const email = await known();
    waits = [];
    await baton.as('form').refused(409, '/leads', newLead({ details: { email } }));
    await baton.as('form').done('/leads', newLead({ details: { email: newAddress() } }));
    expect(waits).not.toContain('tick');
  });

  (TIMED_PAIRS > 0 ? it : it.skip)(
    'is told by no time that a create takes',
    async () => {
      const timed = async (email: string): Promise<number> => {
        const body = newLead({ details: { email }, ...SOUTH });
        const began = performance.now();
        await baton.as('otto').done('/leads', body);
        return performance.now() - began;
      };
      const [known, unknown]: [number[], number[]] = [[], []];
      for (let pair = -WARM_UP; pair < TIMED_PAIRS; pair += 1) {
        const email = newAddress();
        await baton.as('form').done('/leads', newLead({ details: { email } }));
        const [first, second] = [pair % 2 === 0, pair % 2 !== 0];
        const took = [await timed(first ? email : newAddress()), await timed(second ? email : newAddress())];
        if (pair < 0) continue;
        known.push(took[first ? 0 : 1]!);
        unknown.push(took[first ? 1 : 0]!);
      }
      const z = signedRanks(known.map((ms, at) => ms - unknown[at]!));
      process.stderr.write(
        `A14: ${TIMED_PAIRS} pairs of creates, median ${median(known).toFixed(3)} ms of somebody known, ` +
          `${median(unknown).toFixed(3)} ms of nobody; signed ranks z = ${z.toFixed(2)}\n`,
      );
      expect(Math.abs(z)).toBeLessThan(MOST_Z);
    },
    60_000 + TIMED_PAIRS * 400,
  );

  it('is told of an erased one no more than of one who never was', async () => {
    const known = newAddress();
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email: known } }));
    const contact = (await showLead(baton, lead)).contact!;
    await eraseContact(baton.as, contact);
    await erasedTo(baton.as, contact, 'live');
    expect(await created(known)).toEqual(await created(newAddress()));
  });
});

describe('Erasing a person', () => {
  /** The proof of a lead as it is now, and what somebody says of it who has log and store. */
  async function proofOf(lead: string) {
    const { revision } = await baton.as('audrey').read<{ revision: number }>(`/leads/${lead}`);
    const { text } = await baton.as('audrey').get(`/audit/leads/${lead}/proof?after=${lead}@${revision}`);
    const bundle = JSON.parse(text) as { leaves: { index: number; proof: string }[] };
    const leaves = bundle.leaves.map(({ index, proof }) => [index, /^extra .*$/m.exec(proof)?.[0]]);
    return { text, leaves };
  }
  async function verdictOn(text: string) {
    const policy = parsePolicy(await readFile(join(baton.dataDir, 'trail.policy')));
    const eventKeys = parseEventKeys(Buffer.from((await baton.nobody.get('/audit/event-keys')).text));
    if (!policy.ok || !eventKeys.ok) throw new Error('the log says no policy or no keys');
    const checks = { policy: policy.value, eventKeys: eventKeys.value };
    const { store, dataDir } = baton;
    const { rule, doubts, complete, newer } = await auditBundle(Buffer.from(text), {
      ...checks,
      log: join(dataDir, 'trail'),
      store,
    });
    return { rule, doubts, complete, newer };
  }

  it('changes no proof: one from before holds against log and store, and a new one has its leaves', async () => {
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email: newAddress() } }));
    const contact = (await showLead(baton, lead)).contact!;
    const before = await proofOf(lead);
    // Nobody vouches for this log, and that is all that is in doubt.
    const sound = { doubts: ['unwitnessed: the policy asks for no quorum'], complete: 'shown' };
    expect(await verdictOn(before.text)).toEqual({ ...sound, newer: 0 });
    await eraseContact(baton.as, contact);
    await erasedTo(baton.as, contact, 'live');
    const after = await proofOf(lead);
    expect(await verdictOn(after.text)).toEqual({ ...sound, newer: 0 });
    expect(after.leaves.slice(0, before.leaves.length)).toEqual(before.leaves);
    expect(await verdictOn(before.text)).toEqual({ ...sound, newer: after.leaves.length - before.leaves.length });
    expect(after.leaves.length).toBeGreaterThan(before.leaves.length);
  });

  it('changes no leaf of the trail', async () => {
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email: newAddress() } }));
    const contact = (await showLead(baton, lead)).contact!;
    await baton.as('maria').done(`/leads/${lead}/correct-details`, { details: { name: 'Grace' } });
    const leaves = async () =>
      (await baton.events())
        .filter(({ stream }) => [`lead-${lead}`, `contact-${contact}`].includes(stream))
        .map((event) => encodeLeaf(leafOf(event, undefined)).toString());
    const before = await leaves();
    expect(before.length).toBeGreaterThan(2);
    await eraseContact(baton.as, contact);
    await erasedTo(baton.as, contact, 'live');
    await baton.as('pia').done('/key-epochs/rotation', { reason: 'due' });
    await erasedTo(baton.as, contact, 'final');
    const after = await leaves();
    expect(after.filter((leaf) => before.includes(leaf))).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length + 6);
  });
});

describe('A clock that jumps an hour and runs back', () => {
  it('moves no recording back, and keeps tokens to their time', async () => {
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead());
    const lasting = await baton.issuer.issue({ subject: 'maria', roles: ['marketing'], lifetimeSeconds: 1_800 });
    const asked = async () => {
      const response = await fetch(`${baton.url}/leads/${lead}`, { headers: { authorization: `Bearer ${lasting}` } });
      await response.text();
      return response.status;
    };
    expect(await asked()).toBe(200);
    const hour = 3_600_000;
    const seen: number[] = [];
    for (const jump of [hour, 0, -hour, (hour * 5) / 6, 0]) {
      offset = jump;
      seen.push(await asked());
      await baton.as('maria').done(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' });
      const person = ['maria', 'max'][seen.length % 2];
      const to = { reason: 'workload', steward: { team: 'north-marketing', person } };
      await baton.as('mona').done(`/leads/${lead}/transfer-stewardship`, to);
    }
    // Ahead of its end: refused; before it was issued: not valid yet; then as it was.
    expect(seen).toEqual([401, 200, 401, 401, 200]);
    const recorded = (await baton.events()).filter(({ stream }) => stream === `lead-${lead}`);
    const times = recorded.map((event) => metadataOf(event).recordedAt);
    expect(times).toEqual(times.toSorted());
    for (const { occurredAt, recordedAt } of recorded.map(metadataOf)) expect(occurredAt <= recordedAt).toBe(true);

    // Somebody is the steward at any time, one at a time, and no interval runs backward.
    const after = `after=${lead}@${recorded.length - 1}`;
    const { intervals } = await baton
      .as('audrey')
      .read<{ intervals: readonly TrailInterval[] }>(`/audit/leads/${lead}/ownership?${after}`);
    const stewards = intervals.filter(({ role }) => role === 'steward').toSorted((a, b) => a.index - b.index);
    expect(stewards).toHaveLength(1 + seen.length);
    for (const [at, { since, ended, index }] of stewards.entries()) {
      const next = stewards[at + 1];
      expect([at, ended?.until, ended?.index]).toEqual([at, next?.since, next?.index]);
      if (next) expect([since <= next.since, index < next.index]).toEqual([true, true]);
    }
  });
});
