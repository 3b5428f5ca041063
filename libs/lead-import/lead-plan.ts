import * as clean from './cleaning.js';
import type { CsvRow } from './csv-rows.js';
import type { LeadsMapping } from './mapping.js';
import type { RowReader } from './row-reader.js';
import type { RowFrame } from './row-frame.js';
import { planRow, type RowPlan } from './row-plan.js';

const DETAILS = {
  name: clean.freeText(200),
  email: clean.email,
  phone: clean.phone,
  jobTitle: clean.freeText(200),
  companyName: clean.freeText(200),
  companyDomain: clean.domain,
  landingUrl: clean.freeText(2000),
  clickId: clean.freeText(500),
  note: clean.freeText(4000),
} as const;
const PROFILE = {
  segment: clean.code,
  industry: clean.code,
  companySizeBand: clean.companySizeBand,
  budgetBand: clean.budgetBand,
  seniority: clean.seniority,
  timeline: clean.timeline,
  country: clean.country,
} as const;

type Texts<Fields> = { [Name in keyof Fields]?: string };

/** The body of `POST /leads` of an imported lead. */
export interface LeadBody {
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string;
  readonly asset?: string;
  readonly behaviours?: readonly string[];
  readonly steward: { readonly team: string };
  readonly externalRef: { readonly system: string; readonly id: string };
  readonly profile?: Texts<typeof PROFILE>;
  readonly details?: Texts<typeof DETAILS>;
  readonly occurredAt?: string;
  readonly timeKnown?: false;
}

/** The lead that a row is about. What the file does not say is `unknown`, and the plan's `odd` says so. */
export function planLead(row: CsvRow, mapping: LeadsMapping, frame: RowFrame): RowPlan<LeadBody> {
  return planRow(row, frame, mapping.fields.externalId, (reader, id) => leadBody(reader, mapping, id));
}

function leadBody(reader: RowReader, { system, steward, fields }: LeadsMapping, id: string): LeadBody {
  const campaign = reader.read(fields.campaign, clean.code);
  const asset = reader.read(fields.asset, clean.code);
  const behaviours = reader.read(fields.behaviours, clean.codes) ?? [];
  const profile = texts(reader, PROFILE, fields.profile);
  const details = texts(reader, DETAILS, fields.details);
  return {
    source: reader.readOrUnknown('source', fields.source, clean.code),
    topic: reader.readOrUnknown('topic', fields.topic, clean.code),
    ...(campaign === undefined ? {} : { campaign }),
    ...(asset === undefined ? {} : { asset }),
    ...(behaviours.length > 0 ? { behaviours } : {}),
    steward,
    externalRef: { system, id },
    ...(Object.keys(profile).length > 0 ? { profile } : {}),
    ...(Object.keys(details).length > 0 ? { details } : {}),
    ...createdAt(reader, fields.occurredAt),
  };
}

function texts<Name extends string>(
  reader: RowReader,
  cleaners: Readonly<Record<Name, clean.Cleaner>>,
  mappings: { readonly [N in Name]?: Parameters<RowReader['read']>[0] } | undefined,
): { [N in Name]?: string } {
  const found = (Object.keys(cleaners) as Name[]).map(
    (name) => [name, reader.read(mappings?.[name], cleaners[name])] as const,
  );
  return Object.fromEntries(found.filter(([, value]) => value !== undefined)) as { [N in Name]?: string };
}

/** A row without a date, or with one that cannot be, is as old as its import, of which nobody says that it is when the lead came. */
function createdAt(
  reader: RowReader,
  mapping: Parameters<RowReader['time']>[0],
): { occurredAt?: string; timeKnown?: false } {
  const given = reader.time(mapping);
  if (given?.ok) return { occurredAt: given.value.at, ...(given.value.known ? {} : { timeKnown: false }) };
  reader.note(`${given?.rule ?? 'no date'}: the time of the import`);
  return { timeKnown: false };
}
