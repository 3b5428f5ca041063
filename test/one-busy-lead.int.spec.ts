import { randomBytes, randomUUID } from 'node:crypto';
import type { CommandParts } from '../libs/lead-commands/command-parts.js';
import type { Envelope } from '../libs/lead-commands/caller.js';
import { EventWriter } from '../libs/lead-commands/event-writer.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { LeadCommands } from '../libs/lead-commands/lead-commands.service.js';
import { LeadCreation } from '../libs/lead-commands/lead-creation.js';
import { PlainCommands, ReferenceCommands } from '../libs/lead-commands/reference-commands.service.js';
import { ReferenceData } from '../libs/lead-commands/reference-data.js';
import { StreamCommands } from '../libs/lead-commands/stream-commands.js';
import { NO_TICKS } from '../libs/lead-commands/ticks.js';
import { LineFull } from '../libs/lead-commands/stream-lines.js';
import type { EventStore } from '../libs/event-store/event-store.js';
import { testSigner } from '../libs/event-signing/event-signing.spec-kit.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { keyRing } from '../libs/personal-data/key-ring.spec-kit.js';
import { MemoryKeyStore } from '../libs/personal-data/memory-key-store.js';
import { PersonalData } from '../libs/personal-data/personal-data.js';
import type { Role } from '../libs/decider/decision.js';
import { startBaton } from './baton.spec-kit.js';
import { brokenCommand, brokenStream } from './log-check.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';

/** The command side alone, without HTTP and views. */
function commandSide(store: EventStore) {
  const ring = keyRing();
  const signer = testSigner();
  const commands = new StreamCommands(store);
  const reference = new ReferenceData(commands);
  const personalData = new PersonalData({
    keys: new MemoryKeyStore(randomBytes, ring),
    pepper: ring.peppers[0],
    random: randomBytes,
  });
  const parts: CommandParts = {
    commands,
    reference,
    personalData,
    writer: new EventWriter(ring.installationSecret, personalData, randomBytes, signer),
    signer,
    salesLoad: async () => ({ load: { backlog: () => 0, lastOfferedAt: () => undefined } }),
    secret: ring.installationSecret,
    clock: Date.now,
    ticks: NO_TICKS,
  };
  return {
    creation: new LeadCreation(parts),
    leads: new LeadCommands(parts),
    teams: new ReferenceCommands(new PlainCommands(parts), parts),
  };
}

const by = (role: Role, key: string): Envelope => ({
  sender: { subject: role, client: role, roles: [role], issuer: 'urn:test', how: 'dev' },
  key,
  body: { key },
  correlationId: randomUUID(),
});

const INTEREST = { kind: 'record-interest', source: 'email', topic: 'robots', behaviours: [], note: 'again' } as const;

describe('10,000 commands on one lead at once', () => {
  it('are done once each or turned away at once; none is lost, none doubled, and memory stays bounded', async () => {
    const store = new MemoryEventStore();
    const { creation, leads, teams } = commandSide(store);
    await teams.team('north', { type: 'form', kind: 'marketing', name: 'North' }, by('admin', 'form'));
    const created = await creation.create(
      {
        kind: 'create',
        source: 'email',
        topic: 'robots',
        steward: { team: 'north' },
        behaviours: [],
        profile: {},
        intake: 'api',
        details: {},
      },
      by('service', 'create'),
    );
    const heapBefore = process.memoryUsage().heapUsed;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10_000 }, (_, n) => leads.execute(created.lead, INTEREST, by('service', `${n}`))),
    );
    const heapAfter = process.memoryUsage().heapUsed;

    const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const turnedAway = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
    expect(done.length).toBeGreaterThanOrEqual(1_000);
    expect(done.length + turnedAway.length).toBe(10_000);
    for (const fault of turnedAway) expect(fault).toBeInstanceOf(LineFull);

    const heard = done.map((executed) => {
      if (executed.kind !== 'done') throw new Error(executed.kind);
      return { status: 200, events: executed.events.map(({ id }) => id) };
    });
    const stored = await everything(store);
    expect(brokenStream(stored)).toBeUndefined();
    expect(brokenCommand(stored, heard)).toBeUndefined();
    expect(stored.filter(({ type }) => type === 'InterestRecorded.v1')).toHaveLength(done.length);
    expect(heapAfter - heapBefore).toBeLessThan(200 * 1024 * 1024);

    // Sent again, those turned away are done as well, and the others are not done twice.
    for (const n of [0, 1, 5_000, 9_999]) await leads.execute(created.lead, INTEREST, by('service', `${n}`));
    const ids = new Set((await everything(store)).map(({ id }) => id));
    const expected = done.length + [0, 1, 5_000, 9_999].filter((n) => outcomes[n]!.status === 'rejected').length;
    expect(ids.size).toBe(stored.length - done.length + expected);
  });
});

/** How many commands may wait for one stream, and how many are sent beyond that. */
const PLACES = 1_000;
const SURPLUS = 40;

describe('Commands on one lead over HTTP', () => {
  it('200 at once are all done, one after the other', async () => {
    const baton = await startBaton();
    try {
      await formTeams(baton.as, ['north-marketing']);
      const { lead } = await new LeadLife(baton).create(newLead());
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          baton.as('maria').done<LeadAnswer>(`/leads/${lead}/record-interest`, { source: 'email', topic: `t${n}` }),
        ),
      );
      const revisions = answers.map(({ revision }) => revision).toSorted((a, b) => a - b);
      expect(revisions).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
      const stored = await baton.events();
      expect(brokenStream(stored)).toBeUndefined();
      const heard = answers.map(({ events }) => ({ status: 200, events: events.map(({ id }) => id) }));
      expect(brokenCommand(stored, heard)).toBeUndefined();
    } finally {
      await baton.stop();
    }
  });

  it('of which too many wait: the rest hear 503 at once, and when to come again', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let held: string | undefined;
    const baton = await startBaton({
      stores: 'memory',
      store: (store) => holdingAppends(store, (stream) => (stream === held ? opened : undefined)),
    });
    try {
      await formTeams(baton.as, ['north-marketing']);
      const { lead } = await new LeadLife(baton).create(newLead());
      held = `lead-${lead}`;
      const send = (n: number) =>
        baton.as('maria').post(`/leads/${lead}/record-interest`, { source: 'email', topic: `t${n}` });
      const before = await baton.store.head();
      let turnedAway = 0;
      let allTurnedAway: () => void = () => undefined;
      const whenTurnedAway = new Promise<void>((resolve) => (allTurnedAway = resolve));
      const sent = Array.from({ length: PLACES + SURPLUS }, async (_, n) => {
        const answer = await send(n);
        if (answer.status === 503 && (turnedAway += 1) === SURPLUS) allTurnedAway();
        return answer;
      });
      await whenTurnedAway;
      expect(await baton.store.head()).toBe(before);
      open();
      const answers = await Promise.all(sent);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(PLACES);
      for (const { headers } of answers.filter(({ status }) => status === 503)) {
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      open();
      await baton.stop();
    }
  });
});

/** A store whose appends to some streams wait. */
function holdingAppends(store: EventStore, until: (stream: string) => Promise<void> | undefined): EventStore {
  return {
    append: async (stream, expected, events) => {
      await until(stream);
      return store.append(stream, expected, events);
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    comparePositions: (a, b) => store.comparePositions(a, b),
    close: () => store.close(),
  };
}
