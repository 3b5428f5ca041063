import type { Command } from 'commander';
import {
  auditBundle,
  type BundleReport,
  type ReportedInterval,
  type ReportedTimes,
} from '../../libs/ownership-trail/audit-bundle.js';
import {
  auditReceipts,
  type ReceiptAuditOptions,
  type ReceiptReport,
} from '../../libs/ownership-trail/audit-receipts.js';
import { parseReceipts } from '../../libs/ownership-trail/receipts.js';
import { LogUnreachable } from '../../libs/ownership-trail/http-trail.js';
import type { TrailSource } from '../../libs/ownership-trail/trail-source.js';
import {
  addTrustOptions,
  addWitnessedFrom,
  eventKeysFrom,
  fileOf,
  runAudit,
  trustFrom,
  Unusable,
  witnessedFrom,
  type TrustArguments,
} from './audit-inputs.js';
import type { AuditProgress } from './audit-progress.js';
import { withStore } from './audit-store.js';
import { indexList, line, logLines, verdictLine } from './audit-words.js';

interface VerifyArguments extends TrustArguments {
  readonly eventKeys: string;
  readonly log?: string;
  readonly token?: string;
  readonly store?: string;
  readonly receipt?: string;
  readonly witnessedFrom?: string;
}

export function addVerifyCommand(audit: Command): void {
  const command = audit
    .command('verify')
    .description('prove a bundle: who had the lead, when each change came into the log, and that nothing was altered')
    .argument('[bundle]', 'the file of /audit/leads/{id}/proof')
    .option('--receipt <file>', 'instead of a bundle: receipts of events, which must have their leaves in --log')
    .requiredOption('--event-keys <file>', 'the keys with which events are signed, given to you out of band')
    .option('--store <folder>', 'the data directory with the events: data and metadata are compared, too');
  addTrustOptions(addWitnessedFrom(addLogOptions(command))).action(
    async (file: string | undefined, given: VerifyArguments) => {
      process.exitCode = await runAudit<BundleReport & ReceiptReport>(
        given.json,
        (progress) => verify(file, given, progress),
        (report) => [...inWords(report), ...sealedLines(report)],
      );
    },
  );
}

/** Where the whole log is. */
export const addLogOptions = (command: Command): Command =>
  command
    .option('--log <place>', 'the log’s folder, or the address of its files: http://HOST:PORT/audit')
    .option('--token <token>', 'an auditor’s bearer token, for the entries at an address (or BATON_TOKEN)');

export function logSource(place: string, token = process.env.BATON_TOKEN): TrailSource {
  if (!/^https?:\/\//.test(place)) return place;
  return { url: place, ...(token ? { token } : {}) };
}

async function verify(
  file: string | undefined,
  given: VerifyArguments,
  progress: AuditProgress,
): Promise<BundleReport & ReceiptReport> {
  const options = {
    ...(await trustFrom(given)),
    ...witnessedFrom(given.witnessedFrom),
    eventKeys: await eventKeysFrom(given.eventKeys),
    onProgress: (leaves: number, size: number) => progress.reached(leaves, size),
  };
  const log = given.log === undefined ? undefined : logSource(given.log, given.token);
  if ((file === undefined) === (given.receipt === undefined)) throw new Unusable('give a bundle, or --receipt');
  try {
    if (file === undefined) return await verifyReceipts(given.receipt ?? '', log, options);
    const bundle = await fileOf(file);
    const all = { ...options, ...(log === undefined ? {} : { log }) };
    if (given.store === undefined) return await auditBundle(bundle, all);
    return await withStore(given.store, (store) => auditBundle(bundle, { ...all, store }));
  } catch (fault) {
    if (fault instanceof LogUnreachable) return { verdict: 'incomplete', doubts: [fault.message] };
    throw fault;
  }
}

async function verifyReceipts(
  file: string,
  log: TrailSource | undefined,
  options: Omit<ReceiptAuditOptions, 'log'>,
): Promise<ReceiptReport> {
  if (log === undefined) throw new Unusable('--receipt needs --log');
  const receipts = parseReceipts(await fileOf(file), options.eventKeys);
  if (!receipts.ok) throw new Unusable(`--receipt: ${receipts.problem}`);
  return auditReceipts(receipts.value, { ...options, log });
}

const sealedLines = ({ sealed = [] }: ReceiptReport): readonly string[] =>
  sealed.map(({ eventId, index }) => line('sealed', `event ${eventId} is leaf ${index}`));

function inWords(report: BundleReport): readonly string[] {
  const { doubts = [], stream, leaves, complete, newer, intervals = [], quarantined = [], declaredLate = [] } = report;
  return [
    verdictLine(report),
    ...doubts.map((doubt) => `  ${doubt}`),
    ...logLines(report),
    ...(stream === undefined
      ? []
      : [
          line('stream', stream),
          line('has', `${leaves} leaves, from its first without a gap, each event signed`),
          `complete: ${complete}${newer ? ` (and ${newer} leaves after the bundle’s checkpoint)` : ''}`,
          ...intervals.map(intervalLine),
          ...(declaredLate.length > 0 ? [line('late', `declared late: leaves ${indexList(declaredLate)}`)] : []),
          ...(quarantined.length > 0 ? [line('flagged', `sealed by a quarantine: ${indexList(quarantined)}`)] : []),
        ]),
  ];
}

function intervalLine({ role, owner, from, until, index, endedIndex, ...seen }: ReportedInterval): string {
  const who = owner.person === undefined ? owner.team : `${owner.person} (${owner.team})`;
  const end = until === undefined ? 'still' : `until ${until} [leaf ${endedIndex}, ${times(seen.endSeen)}]`;
  return `${role.padEnd(11)} ${who}: from ${from} [leaf ${index}, ${times(seen.beginningSeen)}] ${end}`;
}

const times = ({ notBefore, notAfter }: ReportedTimes = {}): string =>
  notBefore === undefined && notAfter === undefined
    ? 'unwitnessed'
    : `witnessed ${notBefore ?? 'at any time'} to ${notAfter ?? 'any time'}`;
