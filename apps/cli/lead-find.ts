import type { JsonObject } from '../../libs/decider/json.js';
import { answered } from './answered.js';
import type { ReadingOptions } from './options.js';
import { withBaton } from './reach-baton.js';
import { ownerText, tableOf } from './table.js';
import { terminalColumns } from './terminal-columns.js';

interface FindOptions extends ReadingOptions {
  readonly system: string;
  readonly id: string;
}

interface Card {
  readonly lead: string;
  readonly state: string;
  readonly source: string;
  readonly topic: string;
  readonly owners: Readonly<Record<string, { readonly team: string; readonly person?: string }>>;
}

/** `baton lead find`: prints what other systems' ids lead to. */
export async function findLeads(options: FindOptions): Promise<void> {
  const query = new URLSearchParams({ externalSystem: options.system, externalId: options.id });
  const body = await withBaton(options, options.as, async (api) =>
    answered(await api.get(`/leads?${query.toString()}`)),
  );
  process.stdout.write(options.json ? `${JSON.stringify(body, null, 2)}\n` : foundText(body));
}

function foundText(body: JsonObject): string {
  const cards = body['leads'] as unknown as readonly Card[];
  if (cards.length === 0) return 'No lead has this id.\n';
  const rows = cards.map(({ lead, state, source, topic, owners }) => [
    lead,
    state,
    `${source}\n${topic}`,
    ownerText(owners['steward']).replace('/', '\n'),
    ownerText(owners['worker']).replace('/', '\n'),
  ]);
  return tableOf(['Lead', 'State', 'Source / topic', 'Steward', 'Worker'], rows, terminalColumns());
}
