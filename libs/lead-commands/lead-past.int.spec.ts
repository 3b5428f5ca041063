import fc from 'fast-check';
import { metadataOf } from '../contracts/event-metadata.js';
import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import type { ReadStreamOptions } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { evolve, UNCREATED } from '../lead-lifecycle/lead-state.js';
import { randomLeads, type RandomLead } from '../team-views/lead-history.spec-kit.js';
import { LeadPast, type AsOf } from './lead-past.js';

const LEADS = 3;
const MOST_EVENTS = 90;

/** A store that says how often streams were read. */
class CountingStore extends MemoryEventStore {
  reads = 0;

  override async readStream(stream: string, options?: ReadStreamOptions) {
    this.reads += 1;
    return super.readStream(stream, options);
  }
}

describe("A lead's past", () => {
  it('is what its events up to then come to, whatever was asked before and recorded meanwhile', async () => {
    const step = fc.record({
      lead: fc.nat(LEADS - 1),
      appends: fc.nat(30),
      of: fc.nat(MOST_EVENTS),
      /** before the event, with it or after it */
      ms: fc.integer({ min: -1, max: 1 }),
      kind: fc.constantFrom('known', 'known', 'known', 'revision'),
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(step, { minLength: 1, maxLength: 40 }), async (seed, steps) => {
        const leads = randomLeads(seed, LEADS, MOST_EVENTS);
        const store = new MemoryEventStore();
        const past = new LeadPast(store);
        const appended = leads.map(() => 0);
        for (const { lead, appends, of, ms, kind } of steps) {
          const { stream, lead: id, events } = leads[lead]!;
          const begun = appended[lead]!;
          const ended = Math.min(begun + appends, events.length);
          await store.append(stream, begun === 0 ? 'no-stream' : begun - 1, events.slice(begun, ended));
          appended[lead] = ended;
          const time = new Date(recordedAtOf(events[Math.min(of, events.length - 1)]!) + ms).toISOString();
          const asOf: AsOf = kind === 'known' ? { kind, at: time } : { kind: 'revision', revision: of };
          expect(await past.at(id, asOf)).toEqual(folded(leads[lead]!, ended, asOf));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is read once where it is asked for again, and for a later time only further', async () => {
    const lead = randomLeads(4, 12, MOST_EVENTS).find(({ events }) => events.length > 40)!;
    const store = new CountingStore();
    await store.append(lead.stream, 'no-stream', lead.events);
    const past = new LeadPast(store);
    const readsFor = async (event: number): Promise<number> => {
      const before = store.reads;
      const at = new Date(recordedAtOf(lead.events[event]!)).toISOString();
      await past.at(lead.lead, { kind: 'known', at });
      return store.reads - before;
    };
    // 16 events, then 64: all there are.
    expect(await readsFor(30)).toBe(2);
    expect(await readsFor(30)).toBe(0);
    expect(await readsFor(32)).toBe(1);
    expect(await readsFor(31)).toBe(2);
  });
});

const recordedAtOf = (event: RandomLead['events'][number]): number => Date.parse(metadataOf(event).recordedAt);

/** From the events alone, one after the other. */
function folded({ events }: RandomLead, appended: number, asOf: AsOf) {
  const until = events
    .slice(0, appended)
    .filter((event, revision) =>
      asOf.kind === 'revision' ? revision <= asOf.revision : metadataOf(event).recordedAt <= asOf.at,
    );
  if (until.length === 0) return undefined;
  const state = until.reduce((before, event) => evolve(before, decodeLeadEvent(event)!), UNCREATED);
  return { state, revision: until.length - 1 };
}
