import type { RecordedEvent } from '../event-store/event-store.js';
import { countedBy, monthOf } from '../metric-catalogue/counting.js';
import type { Projection } from '../projection-runner/projection.js';
import type { Writing } from '../read-database/read-database.js';
import { RowReader } from '../read-database/row-reader.js';
import { RowWriter } from '../read-database/row-writer.js';
import { columnNames, createTable } from '../read-database/table-shape.js';
import { FUNNEL_COUNT, FUNNEL_LEAD, type FunnelCountRow, type FunnelLeadRow } from './funnel-tables.js';
import { LEAD_CATEGORY, leadEventType, readLeadRecord, type LeadRecord } from './lead-record.js';

/** Counts by where and when a lead came from, as the catalogue defines them and nothing else. */
export class FunnelProjection implements Projection {
  readonly name = 'funnel';
  readonly version = 3;
  readonly category = LEAD_CATEGORY;
  readonly tables = ['funnel_lead', 'funnel_count'];

  private readonly leadReader = new RowReader<FunnelLeadRow>({
    table: 'funnel_lead',
    columns: columnNames(FUNNEL_LEAD),
    key: 'lead',
  });
  private readonly leads = new RowWriter<FunnelLeadRow>({
    table: 'funnel_lead',
    columns: columnNames(FUNNEL_LEAD),
    key: ['lead'],
  });
  private readonly counts = new RowWriter<FunnelCountRow>({
    table: 'funnel_count',
    columns: columnNames(FUNNEL_COUNT),
    key: ['month', 'source', 'topic', 'campaign', 'metric'],
    onConflict: { count: 'add', leads: 'add' },
  });

  async createTables(tx: Writing): Promise<void> {
    await createTable(tx, 'funnel_lead', FUNNEL_LEAD, ['lead']);
    await createTable(tx, 'funnel_count', FUNNEL_COUNT, ['month', 'source', 'topic', 'campaign', 'metric']);
  }

  handles(type: string): boolean {
    return leadEventType(type) !== undefined;
  }

  async apply(recorded: readonly RecordedEvent[], tx: Writing): Promise<void> {
    const counting = recorded.filter(mayCount).map(readLeadRecord);
    const begun = new Set(counting.filter((event) => event.type === 'LeadCreated').map((event) => event.lead));
    const known = [...new Set(counting.map((event) => event.lead))].filter((lead) => !begun.has(lead));
    const leads = new Map((await this.leadReader.read(tx, known)).map((row) => [row.lead, row]));
    const changed = new Map<string, FunnelLeadRow>();
    const counts = new Map<string, FunnelCountRow>();
    for (const event of counting) {
      const before = leads.get(event.lead);
      const after = count(before ?? newFunnelLead(event), event, counts);
      if (after === before) continue;
      leads.set(event.lead, after);
      changed.set(event.lead, after);
    }
    await this.leads.write(tx, [...changed.values()]);
    await this.counts.write(tx, [...counts.values()]);
  }
}

/** Most events count to nothing; those are not even looked into. */
const mayCount = ({ type }: RecordedEvent): boolean => {
  const known = leadEventType(type);
  return known !== undefined && countedBy(known, false).length > 0;
};

/** Adds what an event counts to, and gives the lead's row after it: the same one where nothing of it changed. */
function count(lead: FunnelLeadRow, event: LeadRecord, counts: Map<string, FunnelCountRow>): FunnelLeadRow {
  const reached = new Set(lead.reached.split(' '));
  const { month, source, topic, campaign } = lead;
  let after = lead;
  for (const { metric, firstOnly } of countedBy(event.type, event.meta.imported === true)) {
    if (firstOnly && reached.has(metric)) continue;
    const isFirst = !reached.has(metric);
    if (isFirst) after = { ...after, reached: `${after.reached}${metric} ` };
    reached.add(metric);
    const key = [month, source, topic, campaign, metric].join(' ');
    const { count = 0, leads = 0 } = counts.get(key) ?? {};
    counts.set(key, { month, source, topic, campaign, metric, count: count + 1, leads: leads + Number(isFirst) });
  }
  return after;
}

function newFunnelLead(event: LeadRecord): FunnelLeadRow {
  if (event.type !== 'LeadCreated') throw new TypeError('a lead begins with LeadCreated');
  const { source, topic, campaign = '' } = event.data;
  return { lead: event.lead, month: monthOf(event.meta.occurredAt), source, topic, campaign, reached: ' ' };
}
