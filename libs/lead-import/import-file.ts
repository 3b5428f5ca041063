import type { BatonApi } from './baton-api.js';
import type { CsvReading, CsvRow } from './csv-rows.js';
import { planDeal } from './deal-plan.js';
import { GatheredCreates } from './gathered-creates.js';
import { importDeal } from './import-deal.js';
import { importLead } from './import-lead.js';
import { planLead, type LeadBody } from './lead-plan.js';
import type { Mapping } from './mapping.js';
import { inOrder, WorkLines } from './ordered-work.js';
import type { RowFrame } from './row-frame.js';
import type { RowPlan } from './row-plan.js';
import { openFile, type Bytes } from './survey.js';
import type { Verdict } from './verdict.js';

/** Creations go in batches, so many more of them are under way at a time than single commands. */
const CREATES_AT_ONCE = 500;

export interface ImportSettings {
  readonly bytes: Bytes;
  readonly reading: CsvReading;
  readonly mapping: Mapping;
  /** absent: nothing is sent, and a row that could be is `planned` */
  readonly api?: BatonApi;
  /** when the import began, ISO 8601 UTC */
  readonly now: string;
  /** rows in flight at a time */
  readonly atOnce: number;
}

/**
 * Imports a file row by row: one verdict for each, in the file's order.
 *
 * @throws FileRefused, ApiFault: what was done until then stays, and the same import again goes on
 */
export async function* importFile({
  bytes,
  reading,
  mapping,
  api,
  now,
  atOnce,
}: ImportSettings): AsyncGenerator<Verdict> {
  const { frame, rows } = await openFile(bytes, reading, mapping, now);
  const lines = new WorkLines();
  if (mapping.kind === 'deals') yield* inOrder(rows, atOnce, (row) => judge(row, mapping, frame, api, lines));
  else {
    const gathered = api && new GatheredCreates(api);
    yield* inOrder(rows, Math.max(atOnce, CREATES_AT_ONCE), (row) => judge(row, mapping, frame, gathered, lines));
  }
}

async function judge(
  row: CsvRow,
  mapping: Mapping,
  frame: RowFrame,
  api: BatonApi | undefined,
  lines: WorkLines,
): Promise<Verdict> {
  if (mapping.kind === 'leads') {
    const plan = planLead(row, mapping, frame);
    // Rows of one person wait for each other, so that which of them becomes the lead is the file's order.
    return verdict(row, plan, api, (to, ready) => lines.run(sharedBy(ready), () => importLead(to, ready)));
  }
  const plan = planDeal(row, mapping, frame);
  const { system } = mapping;
  return verdict(row, plan, api, (to, ready) => lines.run([ready.externalId], () => importDeal(to, system, ready)));
}

async function verdict<Wanted>(
  { number }: CsvRow,
  plan: RowPlan<Wanted>,
  api: BatonApi | undefined,
  send: (api: BatonApi, plan: RowPlan<Wanted> & { ok: true }) => Promise<Omit<Verdict, 'row' | 'externalId'>>,
): Promise<Verdict> {
  const about = { row: number, ...(plan.externalId === undefined ? {} : { externalId: plan.externalId }) };
  if (!plan.ok) return { ...about, outcome: 'refused', why: plan.why, odd: [] };
  if (!api) return { ...about, outcome: 'planned', odd: plan.odd };
  return { ...about, ...(await send(api, plan)) };
}

function sharedBy({ externalId, wanted }: RowPlan<LeadBody> & { ok: true }): readonly string[] {
  const { email, phone } = wanted.details ?? {};
  return [`id ${externalId}`, ...(email ? [`email ${email}`] : []), ...(phone ? [`phone ${phone}`] : [])];
}
