import { Option, type Command } from 'commander';
import type { JsonObject } from '../../libs/decider/json.js';
import { answered } from './answered.js';
import { EXIT_HELP } from './exit-codes.js';
import { addReadingOptions, type ReadingOptions } from './options.js';
import { withBaton } from './reach-baton.js';
import { tableOf } from './table.js';

interface FunnelOptions extends ReadingOptions {
  readonly by: string;
}

interface FunnelRow {
  readonly of: Readonly<Record<string, string | null>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly rates: Readonly<Record<string, number | null>>;
}

/** Of the metric catalogue, which has the definitions: those that a funnel narrows by. */
const STEPS = ['leads-created', 'leads-handed-off', 'leads-accepted', 'leads-won'] as const;

export function addFunnelCommand(program: Command): void {
  addReadingOptions(program.command('funnel').description('what became of the leads, by where they came from'))
    .addOption(
      new Option('--by <dimension>', 'what the rows are')
        .choices(['source', 'month', 'topic', 'campaign'])
        .default('source'),
    )
    .addHelpText('after', `\nExample:\n  $ baton funnel --by month\n${EXIT_HELP}`)
    .action(showFunnel);
}

async function showFunnel(options: FunnelOptions): Promise<void> {
  const { by } = options;
  const body = await withBaton(options, options.as, async (api) => answered(await api.get(`/funnel?by=${by}`)));
  process.stdout.write(options.json ? `${JSON.stringify(body, null, 2)}\n` : funnelText(body, by));
}

function funnelText(body: JsonObject, by: string): string {
  const rows = body['rows'] as unknown as readonly FunnelRow[];
  const lines = rows.map(({ of, counts, rates }) => {
    const { conversion = null } = rates;
    const percent = conversion === null ? '–' : `${(conversion * 100).toFixed(1)} %`;
    return [of[by] ?? '–', ...STEPS.map((step) => String(counts[step] ?? 0)), percent];
  });
  return tableOf([by, 'created', 'handed off', 'accepted', 'won', 'won of created'], lines, process.stdout.columns);
}
