import type { ApiAnswer, ApiProblem, BatonApi } from './baton-api.js';
import { leadsByExternalId } from './find-lead.js';
import { importKey } from './import-key.js';
import type { LeadBody } from './lead-plan.js';
import type { RowPlan } from './row-plan.js';
import type { Verdict } from './verdict.js';

type Planned = RowPlan<LeadBody> & { readonly ok: true };
type Judged = Omit<Verdict, 'row' | 'externalId'>;

export const OTHER_CONTENTS = 'imported before with other contents: left as it was';

/**
 * Creates one lead. Where the person has a lead already, the interest is recorded there, so that no source is lost.
 *
 * @throws ApiFault
 */
export async function importLead(api: BatonApi, { externalId, wanted, odd }: Planned): Promise<Judged> {
  const { system } = wanted.externalRef;
  const answer = await api.post('/leads', wanted, importKey(system, externalId, 'create'));
  if (answer.ok) return { outcome: isRepeated(answer) ? 'repeated' : 'created', lead: leadOf(answer), odd };
  const { problem } = answer;
  if (problem.slug === 'duplicate' && problem.leadId !== undefined) {
    return recordInterest(api, problem.leadId, { externalId, wanted, odd });
  }
  if (problem.slug !== 'idempotency-key-reused') return refused(problem, odd);
  const [lead] = await leadsByExternalId(api, system, externalId);
  return { outcome: 'repeated', odd: [...odd, OTHER_CONTENTS], ...(lead ? { lead: lead.id } : {}) };
}

interface Interested {
  readonly externalId: string;
  readonly wanted: LeadBody;
  readonly odd: readonly string[];
}

async function recordInterest(api: BatonApi, lead: string, { externalId, wanted, odd }: Interested): Promise<Judged> {
  const { source, topic, campaign, asset, behaviours, occurredAt, timeKnown, externalRef } = wanted;
  const interest = { source, topic, campaign, asset, behaviours, occurredAt, timeKnown };
  const key = importKey(externalRef.system, externalId, 'interest');
  const answer = await api.post(`/leads/${lead}/record-interest`, interest, key);
  const why = 'the person has a lead already: interest recorded there';
  if (answer.ok) return { outcome: isRepeated(answer) ? 'repeated' : 'interest-recorded', lead, odd: [...odd, why] };
  if (answer.problem.slug !== 'idempotency-key-reused') return refused(answer.problem, odd);
  return { outcome: 'repeated', lead, odd: [...odd, OTHER_CONTENTS] };
}

export const isRepeated = ({ body }: ApiAnswer & { readonly ok: true }): boolean => body['repeated'] === true;
const leadOf = ({ body }: ApiAnswer & { readonly ok: true }): string => body['lead'] as string;
const refused = ({ slug, detail }: ApiProblem, odd: readonly string[]): Judged => {
  return { outcome: 'refused', why: `${slug}: ${detail}`, odd };
};
