import type { Command } from 'commander';
import { backUp, keysOf, listed, restore, withoutKeys } from './backup.js';
import { BuildProgress } from './build-progress.js';
import { EXIT_HELP } from './exit-codes.js';
import { dataOption } from './options.js';

interface DataOptions {
  readonly data: string;
}

/** `baton backup` and `baton restore`, of the embedded data. */
export function addBackupCommands(program: Command): void {
  program
    .command('backup <folder>')
    .summary('copy the embedded data while it runs')
    .description(
      'Writes the events, the trail, the views and the wrapped keys of the data directory into a new folder, while the ' +
        'server goes on. Every event that was acknowledged before it began is in it. The keys (keys.json, ' +
        'event-signing.key, trail.key) are not: ' +
        'keep them apart, or whoever has the backup could read the people in it and sign events, and erasing somebody ' +
        'would not reach it.',
    )
    .addOption(dataOption())
    .addHelpText('after', `\nExample:\n  $ baton backup /backups/2026-03-31\n${EXIT_HELP}`)
    .action(runBackup);
  program
    .command('restore <folder>')
    .summary('lay a backup into a new data directory')
    .description('Checks the whole backup, then lays it into a data directory that has no data yet.')
    .addOption(dataOption())
    .addHelpText('after', `\nExample:\n  $ baton restore /backups/2026-03-31 --data ./restored\n${EXIT_HELP}`)
    .action(runRestore);
}

async function runBackup(folder: string, { data }: DataOptions): Promise<void> {
  const bar = new BuildProgress(process.stderr, Date.now, 'pages');
  const { events, takenAt } = await backUp(
    data,
    folder,
    () => new Date(),
    (done, total) => bar.show(done, total),
  ).finally(() => bar.stop());
  process.stdout.write(
    `${events} events as of ${takenAt} are in ${folder}; ${listed(keysOf(data))} are not, keep them apart\n`,
  );
}

async function runRestore(folder: string, { data }: DataOptions): Promise<void> {
  const bar = new BuildProgress(process.stderr, Date.now, 'bytes');
  const { events, takenAt } = await restore(folder, data, (done, total) => bar.show(done, total)).finally(() =>
    bar.stop(),
  );
  process.stdout.write(`${events} events as of ${takenAt} are restored to ${data}\n`);
  const missing = withoutKeys(data);
  if (missing !== undefined) process.stdout.write(`${missing}\n`);
}
