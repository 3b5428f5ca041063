import { rmSync } from 'node:fs';
import fc from 'fast-check';
import type { NewEvent } from '../event-store/event-store.js';
import { OWNER_ROLES, ownersAt, ownershipOf, type Interval } from '../lead-lifecycle/ownership.js';
import { decidedLeads } from '../team-views/decided-history.spec-kit.js';
import { parseBundle } from './bundle-format.js';
import { leadBundle } from './lead-bundle.js';
import { verifyBundle, type ProvenBundle } from './verify-bundle.js';
import { EVENT_KEYS, policyOf, policyText, recorded, WitnessedLog } from './witnessed-log.spec-kit.js';

/** Of real histories; their times are of 2024, so that skew has to allow for the year in which the log is made up. */
const YEARS = 10 * 366 * 86_400;
const T0 = 1_700_000_000;

async function provenOf(log: WitnessedLog, stream: string): Promise<ProvenBundle> {
  const bundle = parseBundle(Buffer.from(JSON.stringify(await leadBundle(log.folder, log.indexesOf(stream)))));
  if (!bundle.ok) throw new Error(bundle.problem);
  const checked = verifyBundle(bundle.value, { policy: policyOf(policyText()), eventKeys: EVENT_KEYS, skew: YEARS });
  if (!checked.ok) throw new Error(`leaf ${checked.index}: ${checked.rule}`);
  return checked.value;
}

const brief = ({ owner, from, until, by, reasonCode, revision }: Interval) => [
  owner.team,
  owner.person,
  from,
  until,
  by.id,
  reasonCode,
  revision,
];

describe('the owners that a bundle proves', () => {
  it('are at any instant those that the lead had as it was decided, whatever else the log holds between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
        const leads = decidedLeads(seed, 3, 40);
        const events: (NewEvent & { stream: string })[] = [];
        for (let at = 0; leads.some((lead) => lead.events.length > at); at += 1)
          for (const { stream, events: own } of leads)
            events.push(...own.slice(at, at + 1).map((one) => ({ ...one, stream })));
        const log = new WitnessedLog();
        try {
          const all = recorded(events);
          for (let from = 0; from < all.length; from += 50) log.seal(all.slice(from, from + 50), T0 + from);
          for (const { stream, steps } of leads) {
            const { intervals } = await provenOf(log, stream);
            const told = ownershipOf(steps.map(({ event }) => event));
            for (const role of OWNER_ROLES)
              expect(intervals.filter((one) => one.role === role).map(brief)).toEqual(told[role].map(brief));
            for (const { index, revision } of intervals) expect(log.indexesOf(stream)[revision]).toBe(index);
            const proven = Object.fromEntries(
              OWNER_ROLES.map((role) => [role, intervals.filter((one) => one.role === role)]),
            );
            for (const { event } of steps) {
              const at = event.meta.recordedAt;
              for (const as of ['happened', 'known'] as const) {
                const [shown, known] = [ownersAt(proven as never, at, as), ownersAt(told, at, as)];
                const people = (had: typeof known) => OWNER_ROLES.map((role) => had[role]?.owner);
                expect(people(shown)).toEqual(people(known));
              }
            }
            // And what a replay of the decisions themselves left.
            const last = steps.at(-1)!.after;
            const open = (role: string) => intervals.find((one) => one.role === role && one.until === undefined)?.owner;
            expect([open('steward'), open('offeree'), open('worker')]).toEqual([
              last.steward,
              last.offeree,
              last.worker,
            ]);
          }
        } finally {
          rmSync(log.folder, { recursive: true });
        }
      }),
      { numRuns: 6 },
    );
  });
});
