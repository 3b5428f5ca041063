import type { BatonApi } from './baton-api.js';
import type { DealPath } from './deal-plan.js';
import { leadsByExternalId } from './find-lead.js';
import { importKey } from './import-key.js';
import { isRepeated, OTHER_CONTENTS } from './import-lead.js';
import type { RowPlan } from './row-plan.js';
import type { Verdict } from './verdict.js';

type Planned = RowPlan<DealPath> & { readonly ok: true };
type Judged = Omit<Verdict, 'row' | 'externalId'>;

/**
 * Takes one lead up to its win. A run that was cut short goes on where it ended, since steps that were taken answer as
 * they did the first time.
 *
 * @throws ApiFault
 */
export async function importDeal(api: BatonApi, system: string, { externalId, wanted, odd }: Planned): Promise<Judged> {
  const [lead, another] = await leadsByExternalId(api, system, externalId);
  if (!lead) return { outcome: 'refused', why: `no lead of ${system} has this id: import the leads first`, odd };
  const noted = [
    ...odd,
    ...(another ? ['several leads have this id: the oldest was taken'] : []),
    ...(wanted.wonAt < lead.createdAt ? ['dated before the lead came in: takes effect at that time'] : []),
  ];
  let changed = false;
  for (const { name, body } of wanted.steps) {
    const answer = await api.post(`/leads/${lead.id}/${name}`, body, importKey(system, externalId, name));
    if (!answer.ok) {
      const { slug, detail } = answer.problem;
      if (slug === 'idempotency-key-reused') {
        return { outcome: 'repeated', lead: lead.id, odd: [...noted, OTHER_CONTENTS] };
      }
      return { outcome: 'refused', lead: lead.id, why: `${name}: ${slug}: ${detail}`, odd: noted };
    }
    changed ||= !isRepeated(answer);
  }
  return { outcome: changed ? 'won' : 'repeated', lead: lead.id, odd: noted };
}
