import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { BuildComparison } from '../../libs/projection-runner/build-operations.js';
import { answered } from './answered.js';
import { BuildProgress } from './build-progress.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import type { HttpApi } from './http-api.js';
import { addOperatingOptions, operate, print, type OperatingOptions } from './operating.js';
import { buildsText, comparisonText, type BuildAnswer } from './projection-builds.js';

const LOOK_EVERY_MS = 250;

interface RebuildOptions extends OperatingOptions {
  readonly held: boolean;
}

/** `baton projection`: the builds of the views. */
export function addProjectionCommand(program: Command): void {
  const projection = program.command('projection').description('views and their builds: for administrators');
  const add = (usage: string, description: string): Command =>
    addOperatingOptions(projection.command(usage).description(description)).addHelpText('after', EXIT_HELP);
  add('list', 'all views: which build serves, how far each is, and what waits').action(list);
  add('status <view>', 'the builds of one view, and how the rows of two of them differ').action(status);
  add('rebuild <view>', 'fill a view anew beside the one that serves, and replace that once it has caught up')
    .option('--held', 'leave the replacing to `promote`', false)
    .action(rebuild);
  add('promote <view> <build>', 'let a build serve as soon as it has caught up').action(promote);
  add('drop <view> <build>', 'throw away a build that does not serve').action(drop);
}

async function list(options: OperatingOptions): Promise<void> {
  const body = await operate(options, async (api) => answered(await api.get('/projections')));
  print(body, options, () => buildsText(body['builds'] as unknown as readonly BuildAnswer[]));
}

async function status(view: string, options: OperatingOptions): Promise<void> {
  const { builds, comparison } = await operate(options, async (api) => {
    const found = await buildsOf(api, view);
    const compared = found.length > 1 ? answered(await api.get(`${pathOf(view)}/comparison`)) : undefined;
    return { builds: found, comparison: compared as unknown as BuildComparison | undefined };
  });
  print({ builds, comparison }, options, () => buildsText(builds) + (comparison ? comparisonText(comparison) : ''));
}

async function rebuild(view: string, options: RebuildOptions): Promise<void> {
  const done = await operate(options, async (api, key) => {
    const { held } = options;
    const begun = answered(await api.post(`${pathOf(view)}/rebuild`, { held }, key)) as unknown as BuildAnswer;
    return untilDone(api, begun);
  });
  print(done, options, () => buildsText([done]));
}

async function promote(view: string, build: string, options: OperatingOptions): Promise<void> {
  const done = await operate(options, async (api, key) => {
    answered(await api.post(`${pathOf(view)}/promote`, { build }, key));
    return untilDone(api, { projection: view, build });
  });
  print(done, options, () => buildsText([done]));
}

async function drop(view: string, build: string, options: OperatingOptions): Promise<void> {
  const body = await operate(options, async (api, key) =>
    answered(await api.post(`${pathOf(view)}/drop`, { build }, key)),
  );
  print(body, options, () => `${build} is dropped.\n`);
}

/**
 * Follows a build until it has caught up.
 *
 * @throws CommandFailed where it stopped, with the place
 */
async function untilDone(
  api: HttpApi,
  { projection, build }: Pick<BuildAnswer, 'projection' | 'build'>,
): Promise<BuildAnswer> {
  const progress = new BuildProgress(process.stderr, Date.now);
  try {
    for (;;) {
      const now = (await buildsOf(api, projection)).find((one) => one.build === build);
      if (now === undefined) throw new CommandFailed(EXIT.failed, 'the build was dropped meanwhile');
      progress.show(now.done, now.total);
      if (now.fault !== undefined) throw new CommandFailed(EXIT.failed, `${build} does not go on: ${now.fault}`);
      if (now.status !== 'building') return now;
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    progress.stop();
  }
}

const pathOf = (view: string): string => `/projections/${encodeURIComponent(view)}`;

async function buildsOf(api: HttpApi, view: string): Promise<readonly BuildAnswer[]> {
  return answered(await api.get(pathOf(view)))['builds'] as unknown as readonly BuildAnswer[];
}
