import type { JsonObject } from '../../libs/decider/json.js';
import { answered } from './answered.js';
import type { HttpApi } from './http-api.js';
import type { ReadingOptions } from './options.js';
import { headText, type LeadHead } from './lead-head.js';
import { withBaton } from './reach-baton.js';
import { timelineText, type TimelineEvent } from './timeline-table.js';
import { terminalColumns } from './terminal-columns.js';

/** `baton lead show`: the lead as it stands, then its timeline. */
export async function showLead(id: string, options: ReadingOptions): Promise<void> {
  const { lead, events } = await withBaton(options, options.as, async (api) => {
    const path = `/leads/${encodeURIComponent(id)}`;
    return { lead: answered(await api.get(path)), events: await wholeTimeline(api, path) };
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ lead, events }, null, 2)}\n`);
    return;
  }
  const timeline = events as unknown as readonly TimelineEvent[];
  const columns = terminalColumns();
  process.stdout.write(headText(lead as unknown as LeadHead, timeline, columns));
  process.stdout.write(timelineText(timeline, columns));
}

async function wholeTimeline(api: HttpApi, path: string): Promise<readonly JsonObject[]> {
  const events: JsonObject[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor === undefined ? {} : { cursor }) });
    const page = answered(await api.get(`${path}/timeline?${query.toString()}`));
    events.push(...(page['events'] as readonly JsonObject[]));
    cursor = page['next'] as string | undefined;
  } while (cursor !== undefined);
  return events;
}
