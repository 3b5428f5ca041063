import { integer, text, type RowOf } from '../read-database/table-shape.js';

/** Where each lead is booked, which its later events do not say. */
export const FUNNEL_LEAD = {
  lead: text,
  /** of its creation, `2026-03` */
  month: text,
  source: text,
  topic: text,
  /** '' for none: part of a key, which may not be null */
  campaign: text,
  /** the metrics that the lead was counted in, each with a space before and after: the evidence behind them */
  reached: text,
};
export type FunnelLeadRow = RowOf<typeof FUNNEL_LEAD>;

export const FUNNEL_COUNT = {
  month: text,
  source: text,
  topic: text,
  campaign: text,
  /** id of a count in the catalogue */
  metric: text,
  count: integer,
  /** how many leads were counted: fewer than their events where a lead counts more than once */
  leads: integer,
};
export type FunnelCountRow = RowOf<typeof FUNNEL_COUNT>;

export type FunnelTables = { funnel_lead: FunnelLeadRow; funnel_count: FunnelCountRow };
