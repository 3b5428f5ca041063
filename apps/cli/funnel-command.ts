import { Option, type Command } from 'commander';
import type { JsonObject } from '../../libs/decider/json.js';
import { answered } from './answered.js';
import { EXIT_HELP } from './exit-codes.js';
import { addReadingOptions, type ReadingOptions } from './lead-commands.js';
import { withBaton } from './reach-baton.js';
import { tableOf } from './table.js';

interface FunnelOptions extends ReadingOptions {
  readonly by: string;
}

interface FunnelRow {
  readonly of: Readonly<Record<string, string | null>>;
  readonly counts: Readonly<Record<string, number>>;
}

export function addFunnelCommand(program: Command): void {
  addReadingOptions(program.command('funnel').description('What became of the leads, by where they came from.'))
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
  const metrics = Object.keys(rows[0]?.counts ?? {});
  const lines = rows.map(({ of, counts }) => [of[by] ?? '–', ...metrics.map((metric) => String(counts[metric] ?? 0))]);
  return tableOf([by, ...metrics], lines, process.stdout.columns);
}
