import type { Command } from 'commander';
import { fsck, type FsckReport } from '../../libs/ownership-trail/fsck.js';
import {
  addTrustOptions,
  addWitnessedFrom,
  eventKeysFrom,
  runAudit,
  trustFrom,
  witnessedFrom,
  type TrustArguments,
} from './audit-inputs.js';
import type { AuditProgress } from './audit-progress.js';
import { withStore } from './audit-store.js';
import { indexList, line, logLines, verdictLine } from './audit-words.js';

interface FsckArguments extends TrustArguments {
  readonly eventKeys?: string;
  readonly store?: string;
  readonly witnessedFrom?: string;
}

export function addFsckCommand(audit: Command): void {
  const command = audit
    .command('fsck')
    .description('check a log’s folder: signature, witnesses, every entry, leaf, tile, stream and kept checkpoint')
    .argument('<folder>', 'the log: checkpoint, checkpoints/… and tile/…')
    .option('--event-keys <file>', 'the keys with which events are signed, given to you out of band')
    .option('--store <folder>', 'the data directory with the events: both are held against each other');
  addTrustOptions(addWitnessedFrom(command)).action(async (folder: string, given: FsckArguments) => {
    process.exitCode = await runAudit(given.json, (progress) => check(folder, given, progress), inWords);
  });
}

async function check(folder: string, given: FsckArguments, progress: AuditProgress): Promise<FsckReport> {
  const trust = await trustFrom(given);
  const onProgress = (leaves: number, size: number) => progress.reached(leaves, size);
  const eventKeys = given.eventKeys === undefined ? {} : { eventKeys: await eventKeysFrom(given.eventKeys) };
  const from = witnessedFrom(given.witnessedFrom);
  const options = { ...trust, ...from, ...eventKeys, onProgress, now: Date.now() / 1_000 };
  if (given.store === undefined) return fsck(folder, options);
  return withStore(given.store, (store) => fsck(folder, { ...options, store }));
}

function inWords(report: FsckReport): readonly string[] {
  const { streams, eventSignatures, keptCheckpoints, quarantined = [], declaredLate, store } = report;
  const from = report.witnessedFrom;
  return [
    verdictLine(report),
    ...logLines(report),
    ...(streams === undefined
      ? []
      : [
          line('streams', `${streams}, each from its first event without a gap`),
          line('events', `signatures ${eventSignatures}`),
          line('kept', `${keptCheckpoints} checkpoints, all of this log`),
          ...(from === undefined
            ? []
            : [
                line(
                  'times',
                  `vouched for from ${from} leaves on; of the leaves before, nobody says when they came in`,
                ),
              ]),
          line('late', `${declaredLate} leaves are told to have happened long before they came into the log`),
          ...(quarantined.length > 0 ? [line('flagged', `sealed by a quarantine: ${indexList(quarantined)}`)] : []),
          ...(store === undefined ? [] : [line('store', 'every leaf has its event, every event its leaf')]),
        ]),
  ];
}
