import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { LogUnreachable } from '../../libs/ownership-trail/http-trail.js';
import { LogMonitor, type MonitorReport } from '../../libs/ownership-trail/log-monitor.js';
import { MonitorMemory } from '../../libs/ownership-trail/monitor-memory.js';
import type { Receipt } from '../../libs/contracts/receipt.js';
import { parseReceipts } from '../../libs/ownership-trail/receipts.js';
import type { StoreReading } from '../../libs/ownership-trail/store-follower.js';
import { openTrail } from '../../libs/ownership-trail/trail-source.js';
import {
  addTrustOptions,
  eventKeysFrom,
  fileOf,
  runAudit,
  secondsOf,
  trustFrom,
  Unusable,
  type TrustArguments,
} from './audit-inputs.js';
import type { AuditProgress } from './audit-progress.js';
import { withStore } from './audit-store.js';
import { addLogOptions, logSource } from './audit-verify.js';
import { line, logLines, verdictLine } from './audit-words.js';

interface MonitorArguments extends TrustArguments {
  readonly eventKeys: string;
  readonly memory: string;
  readonly log?: string;
  readonly token?: string;
  readonly store?: string;
  readonly receipts?: string;
  readonly every: string;
  readonly fullEvery: string;
  readonly once: boolean;
}

export function addMonitorCommand(audit: Command): void {
  const command = audit
    .command('monitor')
    .description('look at a log again and again: it must only grow, and every new leaf must be as it should')
    .requiredOption('--event-keys <file>', 'the keys with which events are signed, given to you out of band')
    .requiredOption('--memory <folder>', 'yours alone: the last checkpoint that was believed, and evidence')
    .option('--store <folder>', 'the data directory with the events: both are held against each other')
    .option('--receipts <file>', 'receipts that callers kept: each must get its leaf')
    .option('--every <seconds>', 'how long to wait between two looks', '10')
    .option('--full-every <seconds>', 'how often all of the log is read again', '86400')
    .option('--once', 'look once, and end', false);
  addTrustOptions(addLogOptions(command)).action(async (given: MonitorArguments) => {
    process.exitCode = await runAudit(given.json, (progress) => monitor(given, progress), inWords);
  });
}

async function monitor(given: MonitorArguments, progress: AuditProgress): Promise<MonitorReport> {
  const { log } = given;
  if (log === undefined) throw new Unusable('--log is required');
  const trust = await trustFrom(given);
  const eventKeys = await eventKeysFrom(given.eventKeys);
  const receipts = given.receipts === undefined ? [] : receiptsOf(await fileOf(given.receipts), eventKeys);
  const follow = async (store?: StoreReading): Promise<MonitorReport> => {
    const watcher = await LogMonitor.open({
      log: openTrail(logSource(log, given.token)),
      memory: new MonitorMemory(given.memory),
      policy: trust.policy,
      eventKeys,
      skew: trust.skew,
      fullEvery: secondsOf('--full-every', given.fullEvery),
      receipts,
      onProgress: (leaves, size) => progress.reached(leaves, size),
      ...(trust.maxAge === undefined ? {} : { maxAge: trust.maxAge }),
      ...(store ? { store } : {}),
    });
    return follower(watcher, given);
  };
  return given.store === undefined ? follow() : withStore(given.store, follow);
}

export function receiptsOf(bytes: Uint8Array, eventKeys: Parameters<typeof parseReceipts>[1]): readonly Receipt[] {
  const receipts = parseReceipts(bytes, eventKeys);
  if (!receipts.ok) throw new Unusable(receipts.problem);
  return receipts.value;
}

/** Until something is wrong, or somebody ends it: then what was learnt is kept. */
async function follower(watcher: LogMonitor, { once, every, json }: MonitorArguments): Promise<MonitorReport> {
  const ended = new AbortController();
  const end = () => ended.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  const pause = secondsOf('--every', every) * 1_000;
  try {
    for (;;) {
      const report = await looked(watcher);
      if (once || report.verdict === 'tampered' || ended.signal.aborted) return report;
      if ((report.added ?? 0) > 0 || report.verdict !== 'proven') say(report, json);
      await sleep(pause, undefined, { signal: ended.signal }).catch(() => undefined);
      if (ended.signal.aborted) return report;
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await watcher.keepProgress();
  }
}

/** A server that does not answer proves nothing; the next look may find it again. */
async function looked(watcher: LogMonitor): Promise<MonitorReport> {
  try {
    return await watcher.look(Math.floor(Date.now() / 1_000));
  } catch (fault) {
    if (fault instanceof LogUnreachable) return { verdict: 'incomplete', rule: fault.message };
    throw fault;
  }
}

function say(report: MonitorReport, json: boolean): void {
  const { size, added, verdict, rule } = report;
  const words = `${verdict}${rule === undefined ? '' : `: ${rule}`} | ${size ?? '?'} leaves, ${added ?? 0} new\n`;
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : words);
}

function inWords(report: MonitorReport): readonly string[] {
  const { added, full, evidence } = report;
  return [
    verdictLine(report),
    ...logLines(report),
    ...(added === undefined ? [] : [line('new', `${added} leaves${full ? ', all of the log was read' : ''}`)]),
    ...(evidence === undefined ? [] : [line('evidence', evidence)]),
  ];
}
