import * as clean from './cleaning.js';
import type { CsvRow } from './csv-rows.js';
import type { DealsMapping } from './mapping.js';
import { inFull } from './field-mapping.js';
import { nameOf, type RowReader } from './row-reader.js';
import type { RowFrame } from './row-frame.js';
import { planRow, type RowPlan } from './row-plan.js';

/** One command on the lead that was won. */
export interface DealStep {
  /** the command's name in the address, `/leads/{id}/{name}` */
  readonly name: string;
  readonly body: object;
}

export interface DealPath {
  /** who stewarded it, where the file says; and who worked it */
  readonly people: readonly { readonly team: string; readonly person: string }[];
  /** ISO 8601 UTC */
  readonly wonAt: string;
  /** the whole path up to the win, in order */
  readonly steps: readonly DealStep[];
}

/** The path of a won lead, of which the file gives only the end: every time before it is the win's, and not known. */
export function planDeal(row: CsvRow, mapping: DealsMapping, frame: RowFrame): RowPlan<DealPath> {
  return planRow(row, frame, mapping.fields.externalId, (reader) => dealPath(reader, mapping));
}

const IMPORTED = { reason: 'imported' } as const;

function dealPath(reader: RowReader, mapping: DealsMapping): DealPath | string {
  const { steward, worker, fields, currency } = mapping;
  const given = reader.time(fields.wonAt);
  if (!given?.ok) return given?.rule ?? 'has no date of the win';
  const won = given.value;
  const workedBy = reader.read(worker.person, clean.opaqueId);
  if (workedBy === undefined) return 'does not say who worked it';
  const stewardedBy = reader.read(steward.person, clean.opaqueId);
  if (steward.person !== undefined && stewardedBy === undefined) reader.note('no steward: it stays with the team');
  if (stewardedBy === workedBy) reader.note('the same person as steward and as worker');
  const value = reader.read(fields.value, clean.amount);
  if (value === undefined) reader.note(`no ${nameOf(inFull(fields.value))}: value is unknown`);

  const who = { team: worker.team, person: workedBy };
  const owner = { team: steward.team, ...(stewardedBy === undefined ? {} : { person: stewardedBy }) };
  const touch = { channel: 'other', direction: 'outbound', twoWay: true, human: true, by: who } as const;
  const confirmed = { needConfirmed: true, potentialConfirmed: true } as const;
  const before = { occurredAt: won.at, timeKnown: false } as const;
  return {
    people: [who, ...(stewardedBy === undefined ? [] : [{ team: steward.team, person: stewardedBy }])],
    wonAt: won.at,
    steps: [
      { name: 'transfer-stewardship', body: { steward: owner, ...IMPORTED, ...before } },
      { name: 'qualify', body: { ...IMPORTED, ...before } },
      { name: 'hand-off', body: { offeree: who, ...IMPORTED, ...before } },
      { name: 'accept', body: { worker: who, ...before } },
      { name: 'contact', body: { ...touch, ...before } },
      { name: 'sales-qualify', body: { ...confirmed, ...before } },
      {
        name: 'win',
        body: {
          value: value === undefined ? null : { amount: value, currency },
          occurredAt: won.at,
          ...(won.known ? {} : { timeKnown: false }),
        },
      },
    ],
  };
}
