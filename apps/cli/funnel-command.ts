import { InvalidArgumentError, Option, type Command } from 'commander';
import type { JsonObject } from '../../libs/decider/json.js';
import { FUNNEL_DIMENSIONS } from '../../libs/metric-catalogue/metric.js';
import { answered } from './answered.js';
import { EXIT_HELP } from './exit-codes.js';
import { addReadingOptions, type ReadingOptions } from './options.js';
import { withBaton } from './reach-baton.js';
import { tableOf } from './table.js';
import { terminalColumns } from './terminal-columns.js';

interface FunnelOptions extends ReadingOptions {
  readonly by: readonly string[];
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
      new Option('--by <list>', `what the rows are, by commas: ${FUNNEL_DIMENSIONS.join(', ')}`)
        .argParser(dimensions)
        .default(['source'], 'source'),
    )
    .addHelpText('after', `\nExamples:\n  $ baton funnel --by month\n  $ baton funnel --by source,month\n${EXIT_HELP}`)
    .action(showFunnel);
}

function dimensions(text: string): readonly string[] {
  const given = text.split(',');
  if (new Set(given).size === given.length && given.every((one) => FUNNEL_DIMENSIONS.some((known) => known === one)))
    return given;
  throw new InvalidArgumentError(`Give some of ${FUNNEL_DIMENSIONS.join(', ')}, each once, with commas between.`);
}

async function showFunnel(options: FunnelOptions): Promise<void> {
  const { by } = options;
  const body = await withBaton(options, options.as, async (api) =>
    answered(await api.get(`/funnel?by=${by.join(',')}`)),
  );
  process.stdout.write(options.json ? `${JSON.stringify(body, null, 2)}\n` : funnelText(body, by));
}

function funnelText(body: JsonObject, by: readonly string[]): string {
  const rows = body['rows'] as unknown as readonly FunnelRow[];
  const lines = rows.map(({ of, counts, rates }) => {
    const { conversion = null } = rates;
    const percent = conversion === null ? '–' : `${(conversion * 100).toFixed(1)} %`;
    return [...by.map((one) => of[one] ?? '–'), ...STEPS.map((step) => String(counts[step] ?? 0)), percent];
  });
  return tableOf([...by, 'created', 'handed off', 'accepted', 'won', 'won of created'], lines, terminalColumns());
}
