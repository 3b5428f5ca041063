import type { RecordedEvent } from '../event-store/event-store.js';
import type { Projection } from '../projection-runner/projection.js';
import type { Writing } from '../read-database/read-database.js';
import { RowReader } from '../read-database/row-reader.js';
import { RowWriter } from '../read-database/row-writer.js';
import { columnNames } from '../read-database/table-shape.js';
import { LEAD_CATEGORY, leadEventType, readLeadRecord, type LeadRecord } from './lead-record.js';
import { newOutcomeLead } from './outcome-booking.js';
import { LeadOutcomes } from './outcome-fold.js';
import {
  createOutcomeTables,
  OUTCOME,
  OUTCOME_CONSTANTS,
  OUTCOME_KEY,
  OUTCOME_LEAD,
  OUTCOME_TABLES,
  type OutcomeLeadRow,
  type OutcomeRow,
} from './outcome-tables.js';

const STILL_OPEN = 1;

/** Everything of a lead that a number of the catalogue counts, a row each. */
export class OutcomeProjection implements Projection {
  readonly name = 'outcomes';
  readonly version = 5;
  readonly category = LEAD_CATEGORY;
  readonly tables = OUTCOME_TABLES;

  private readonly leadReader = new RowReader<OutcomeLeadRow>({
    table: 'outcome_lead',
    columns: columnNames(OUTCOME_LEAD),
    key: 'lead',
  });
  private readonly leads = new RowWriter<OutcomeLeadRow>({
    table: 'outcome_lead',
    columns: columnNames(OUTCOME_LEAD),
    key: ['lead'],
    constant: ['source', 'topic', 'campaign'],
  });
  private readonly openReader = new RowReader<OutcomeRow>({
    table: 'outcome',
    columns: columnNames(OUTCOME),
    key: 'lead',
    fixed: ['open'],
  });
  private readonly outcomes = new RowWriter<OutcomeRow>({
    table: 'outcome',
    columns: columnNames(OUTCOME),
    key: OUTCOME_KEY,
    constant: OUTCOME_CONSTANTS,
  });

  createTables(tx: Writing): Promise<void> {
    return createOutcomeTables(tx);
  }

  handles(type: string): boolean {
    return leadEventType(type) !== undefined;
  }

  async apply(recorded: readonly RecordedEvent[], tx: Writing): Promise<void> {
    const events = recorded.filter(mayMatter).map(readLeadRecord);
    const folded = await this.stored(events, tx);
    for (const event of events) {
      const lead = folded.get(event.lead) ?? new LeadOutcomes(newOutcomeLead(event), []);
      folded.set(event.lead, lead);
      lead.take(event);
    }
    const leads = [...folded.values()];
    await this.leads.write(
      tx,
      leads.map(({ lead }) => lead),
    );
    await this.outcomes.write(
      tx,
      leads.flatMap(({ changed }) => [...changed]),
    );
  }

  private async stored(events: readonly LeadRecord[], tx: Writing): Promise<Map<string, LeadOutcomes>> {
    const begun = new Set(events.filter((event) => event.type === 'LeadCreated').map((event) => event.lead));
    const known = [...new Set(events.map((event) => event.lead))].filter((lead) => !begun.has(lead));
    const leads = await this.leadReader.read(tx, known);
    const open = new Map<string, OutcomeRow[]>(known.map((lead) => [lead, []]));
    for (const row of await this.openReader.read(tx, known, [STILL_OPEN])) open.get(row.lead)?.push(row);
    return new Map(leads.map((lead) => [lead.lead, new LeadOutcomes(lead, open.get(lead.lead) ?? [])]));
  }
}

/** What neither counts nor says who has the lead, or where it stands; that is not even looked into. */
const IDLE = new Set(
  ['LeadScored', 'InterestRecorded', 'MessageRecommended', 'DuplicateAbsorbed'].map((t) => `${t}.v1`),
);
const mayMatter = ({ type }: RecordedEvent): boolean => !IDLE.has(type);
