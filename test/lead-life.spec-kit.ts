import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import type { TestBaton } from './baton.spec-kit.js';
import { goodLead } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

type Life = Pick<TestBaton, 'as'>;

export const showLead = ({ as }: Life, lead: string): Promise<LeadView> => as('ana').read<LeadView>(`/leads/${lead}`);

/** Waits until the automatic flow, or somebody else, has brought a lead to a state. */
export const reached = (baton: Life, lead: string, state: string): Promise<LeadView> =>
  until(
    () => showLead(baton, lead),
    (view) => view.state === state,
    `${lead} ${state}`,
  );

/** Leads each in a state of its life, brought there by the commands of those whose it is. */
export class LeadLife {
  constructor(private readonly baton: Life) {}

  async create(body: object, by = 'maria'): Promise<LeadAnswer> {
    return this.baton.as(by).done<LeadAnswer>('/leads', body);
  }

  /** By the rule, to whoever's turn it is. */
  async offered(more: object = {}): Promise<LeadView> {
    const { lead } = await this.create(goodLead(more));
    return reached(this.baton, lead, 'offered');
  }

  /** By hand, to a person or a queue. */
  async offeredTo(offeree: { team: string; person?: string }, more: object = {}): Promise<LeadView> {
    const { lead } = await this.offered(more);
    const { as } = this.baton;
    await as('maria').done(`/leads/${lead}/withdraw-handoff`, { reason: 'handed-off-in-error' });
    await as('maria').done(`/leads/${lead}/hand-off`, { reason: 'asked-for-sales', offeree });
    return showLead(this.baton, lead);
  }

  async workedBy(person: string, more: object = {}, team = 'north-sales'): Promise<LeadView> {
    const { lead } = await this.offeredTo({ team, person }, more);
    await this.baton.as(person).done(`/leads/${lead}/accept`);
    return showLead(this.baton, lead);
  }
}
