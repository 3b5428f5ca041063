import type { RecordedEvent } from '../event-store/event-store.js';
import type { Projection } from '../projection-runner/projection.js';
import type { Writing } from '../read-database/read-database.js';
import { RowReader } from '../read-database/row-reader.js';
import { RowWriter } from '../read-database/row-writer.js';
import { inStatements } from '../read-database/statement-sizes.js';
import { columnNames } from '../read-database/table-shape.js';
import { closeCard, foldIntoCard, openCard, type OpenCard } from './card-fold.js';
import { CARD, CARD_CONSTANTS, type CardRow } from './card-row.js';
import {
  CONTACT_TALLY,
  createLeadCardTables,
  DETAILS,
  INTERVAL,
  LEAD_CARD_TABLES,
  OFFER_TALLY,
  WORKED_CYCLE,
  type ContactTallyRow,
  type DetailsRow,
  type IntervalRow,
  type LeadCardTables,
  type OfferTallyRow,
  type WorkedCycleRow,
} from './lead-card-tables.js';
import { LEAD_CATEGORY, leadEventType, readLeadRecord, type LeadRecord } from './lead-record.js';
import { newCard } from './new-card.js';
import { createLeadCardIndexes } from './lead-card-indexes.js';
import { moveOwners } from './owner-intervals.js';
import { SALES_SIGHT, SALES_SIGHT_KEY, type SalesSightRow } from './sales-sight.js';
import { sightsOf, teamsOutOfSight } from './sight-fold.js';
import { hasDetails, withDetails, type SealedDetails } from './sealed-details.js';
import { moveWorkedCycles } from './worked-cycles.js';

/** Each lead's present card, everyone who ever had it, and what is counted over the leads of a contact or a person. */
export class LeadCardProjection implements Projection {
  readonly name = 'lead-card';
  readonly version = 6;
  readonly category = LEAD_CATEGORY;
  readonly tables = LEAD_CARD_TABLES;

  private readonly cardReader = new RowReader<CardRow>({ table: 'lead_card', columns: columnNames(CARD), key: 'lead' });
  private readonly cards = new RowWriter<CardRow>({
    table: 'lead_card',
    columns: columnNames(CARD),
    key: ['lead'],
    constant: CARD_CONSTANTS,
  });
  private readonly detailsReader = new RowReader<DetailsRow>({
    table: 'lead_details',
    columns: columnNames(DETAILS),
    key: 'lead',
  });
  private readonly details = new RowWriter<DetailsRow>({
    table: 'lead_details',
    columns: columnNames(DETAILS),
    key: ['lead'],
  });
  private readonly intervals = new RowWriter<IntervalRow>({
    table: 'owner_interval',
    columns: columnNames(INTERVAL),
    key: ['lead', 'role', 'opened_revision'],
  });
  private readonly sights = new RowWriter<SalesSightRow>({
    table: 'sales_sight',
    columns: columnNames(SALES_SIGHT),
    key: SALES_SIGHT_KEY,
    constant: CARD_CONSTANTS.filter((column) => column in SALES_SIGHT) as (keyof SalesSightRow)[],
  });
  private readonly workedCycles = new RowWriter<WorkedCycleRow>({
    table: 'worked_cycle',
    columns: columnNames(WORKED_CYCLE),
    key: ['lead', 'cycle'],
  });
  private readonly contactTallies = new RowWriter<ContactTallyRow>({
    table: 'contact_tally',
    columns: columnNames(CONTACT_TALLY),
    key: ['contact'],
    onConflict: { open_leads: 'add' },
  });
  private readonly offerTallies = new RowWriter<OfferTallyRow>({
    table: 'offer_tally',
    columns: columnNames(OFFER_TALLY),
    key: ['team', 'person'],
    onConflict: { offers: 'add', last_offered_at: 'greatest' },
  });

  async createTables(tx: Writing): Promise<void> {
    await createLeadCardTables(tx);
    await createLeadCardIndexes(tx);
  }

  handles(type: string): boolean {
    return leadEventType(type) !== undefined;
  }

  async apply(recorded: readonly RecordedEvent[], tx: Writing): Promise<void> {
    const events = recorded.map(readLeadRecord);
    const known = [...new Set(events.map((event) => event.lead))];
    const begun = new Set(events.filter((event) => event.revision === 0).map((event) => event.lead));
    const stored = await this.cardReader.read(
      tx,
      known.filter((lead) => !begun.has(lead)),
    );
    const folded = new Batch(stored);
    for (const event of events) folded.take(event);
    const cards = folded.closed();
    await this.cards.write(
      tx,
      cards.map(({ row }) => row),
    );
    await this.writeDetails(tx, events.filter(hasDetails));
    await this.intervals.write(tx, [...folded.intervals.values()]);
    await this.sights.write(
      tx,
      cards.flatMap(({ card, row }) => sightsOf(card, row)),
    );
    await this.endSights(
      tx,
      cards.map(({ card }) => card),
    );
    await this.workedCycles.write(tx, [...folded.workedCycles.values()]);
    await this.contactTallies.write(tx, folded.contactTallies());
    await this.offerTallies.write(tx, [...folded.offers.values()]);
  }

  private async endSights(tx: Writing, cards: readonly OpenCard[]): Promise<void> {
    const ended = new Map<string, string[]>();
    for (const card of cards) {
      for (const team of teamsOutOfSight(card)) ended.set(team, [...(ended.get(team) ?? []), card.row.lead]);
    }
    for (const [team, leads] of ended) {
      for (const part of inStatements(leads, 1)) {
        await tx
          .withTables<LeadCardTables>()
          .deleteFrom('sales_sight')
          .where('team', '=', team)
          .where('lead', 'in', part)
          .execute();
      }
    }
  }

  private async writeDetails(tx: Writing, events: readonly LeadRecord[]): Promise<void> {
    const corrected = events.filter((event) => event.revision > 0).map((event) => event.lead);
    const stored = await this.detailsReader.read(tx, [...new Set(corrected)]);
    const details = new Map(stored.map(({ lead, sealed }) => [lead, JSON.parse(sealed) as readonly SealedDetails[]]));
    for (const event of events) details.set(event.lead, withDetails(details.get(event.lead) ?? [], event));
    await this.details.write(
      tx,
      [...details].map(([lead, sealed]) => ({ lead, sealed: JSON.stringify(sealed) })),
    );
  }
}

interface ClosedCard {
  readonly card: OpenCard;
  readonly row: CardRow;
}

/** What a batch comes to, one row each. */
class Batch {
  readonly intervals = new Map<string, IntervalRow>();
  readonly workedCycles = new Map<string, WorkedCycleRow>();
  readonly offers = new Map<string, OfferTallyRow>();
  private readonly cards: Map<string, OpenCard>;
  private readonly openBefore: ReadonlyMap<string, number>;

  constructor(stored: readonly CardRow[]) {
    this.cards = new Map(stored.map((row) => [row.lead, openCard(row)]));
    this.openBefore = new Map(stored.map((row) => [row.lead, row.open]));
  }

  take(event: LeadRecord): void {
    const card = this.cards.get(event.lead) ?? newCard(event);
    this.cards.set(event.lead, card);
    foldIntoCard(card, event);
    for (const interval of moveOwners(card.owners, card.row.cycle, event))
      this.intervals.set(`${interval.lead} ${interval.role} ${interval.opened_revision}`, interval);
    for (const cycle of moveWorkedCycles(card.workedCycles, event))
      this.workedCycles.set(`${cycle.lead} ${cycle.cycle}`, cycle);
    if (event.type === 'LeadHandedOff') this.tallyOffer(event.data.offeree, event.meta.recordedAt);
  }

  closed(): readonly ClosedCard[] {
    return [...this.cards.values()].map((card) => ({ card, row: closeCard(card) }));
  }

  contactTallies(): ContactTallyRow[] {
    const changes = new Map<string, number>();
    for (const { row } of this.cards.values()) {
      const before = this.openBefore.get(row.lead);
      const change = row.open - (before ?? 0);
      // A new lead makes its contact's row even where it is closed again: rows must not depend on how batches are cut.
      if (before === undefined || change !== 0) changes.set(row.contact, (changes.get(row.contact) ?? 0) + change);
    }
    return [...changes].map(([contact, open_leads]) => ({ contact, open_leads }));
  }

  private tallyOffer({ team, person = '' }: { readonly team: string; readonly person?: string }, at: string): void {
    const key = `${team} ${person}`;
    const before = this.offers.get(key);
    const last = before !== undefined && before.last_offered_at > at ? before.last_offered_at : at;
    this.offers.set(key, { team, person, offers: (before?.offers ?? 0) + 1, last_offered_at: last });
  }
}
