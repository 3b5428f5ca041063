import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { SigningKeyRefused } from '../../libs/note-keys/signing-key-file.js';
import { rebuildTrail } from '../../libs/ownership-trail/rebuild.js';
import { TrailRefused } from '../../libs/ownership-trail/trail-refused.js';
import { openTrailSetUp } from '../../libs/ownership-trail/trail-set-up.js';
import { trailFrom } from '../composition/service-settings.js';
import { AuditProgress } from './audit-progress.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { openForReading } from './reading-store.js';

interface RebuildArguments {
  readonly data: string;
  readonly checkpoint?: string;
}

/** For whoever keeps the log, after a restore: the sealer must not be running. */
export function addRebuildCommand(audit: Command): void {
  audit
    .command('rebuild')
    .description('bring a log that was restored from an old copy, or lost, up to what the witnesses have cosigned')
    .option('--data <directory>', 'data directory of the embedded installation', process.env.BATON_DATA ?? 'data')
    .option('--checkpoint <file>', 'a checkpoint that was kept, where no witness can be asked')
    .action(async (options: RebuildArguments) => {
      await rebuild(options);
    });
}

async function rebuild({ data, checkpoint }: RebuildArguments): Promise<void> {
  const progress = new AuditProgress(process.stderr, Date.now);
  const place = trailFrom({ ...process.env, BATON_DATA: data });
  if (place === undefined) throw new CommandFailed(EXIT.unusableInput, '--data or BATON_TRAIL must be set');
  const store = await openForReading(data);
  try {
    const { from, size, movedAside } = await rebuildTrail({
      ...openTrailSetUp(place, randomBytes),
      store,
      fetch,
      aside: `${place.folder}.damaged-${Date.now()}`,
      onProgress: (leaves, all) => progress.reached(leaves, all),
      ...(checkpoint === undefined ? {} : { kept: await readFile(checkpoint) }),
    });
    const how = movedAside ? 'the old folder was not whole and was moved aside' : `it had ${from}`;
    process.stdout.write(`the log has ${size} leaves, as was cosigned (${how})\n`);
  } catch (refusal) {
    if (refusal instanceof TrailRefused || refusal instanceof SigningKeyRefused)
      throw new CommandFailed(EXIT.failed, refusal.message);
    throw refusal;
  } finally {
    progress.stop();
    await store.close();
  }
}
