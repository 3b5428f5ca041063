import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseEventKeys, type EventKeys } from '../../libs/contracts/event-keys.js';
import { parseHeld } from '../../libs/ownership-trail/held-checkpoints.js';
import type { Freshness, Verdict, WitnessedFrom } from '../../libs/ownership-trail/verdict.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import type { TlogPolicy } from '../../libs/transparency-log/tlog-policy.js';
import type { TrustedCheckpoint } from '../../libs/transparency-log/trusted-checkpoint.js';
import { AuditProgress } from './audit-progress.js';

/** What an audit tells the shell; its own, so that a script can tell tampering from doubt. */
export const AUDIT_EXIT = { proven: 0, tampered: 1, incomplete: 2, usage: 3 } as const;

export const AUDIT_EXIT_HELP = `
Exit codes:
  0  proven
  1  tampered: the first rule that is broken, and at which leaf
  2  incomplete, unwitnessed or stale: nothing is wrong, but not everything is shown
  3  the command line or a file that it names cannot be used`;

/** A policy, time or file that cannot be used: one line, exit code 3. */
export class Unusable extends Error {}

export interface TrustArguments {
  readonly policy: string;
  readonly since?: string;
  readonly asOf?: string;
  readonly maxAge?: string;
  readonly skew: string;
  readonly json: boolean;
}

/** Options by which somebody says whom and what they trust. */
export const addTrustOptions = (command: Command): Command =>
  command
    .requiredOption('--policy <file>', 'whom you trust (C2SP tlog-policy), given to you out of band')
    .option('--since <file>', 'a checkpoint or a bundle that you held before: the log must only have grown')
    .option('--as-of <time>', 'with --max-age: when the log must be fresh (ISO 8601); default now')
    .option('--max-age <seconds>', 'most seconds since a quorum of witnesses saw this tree')
    .option('--skew <seconds>', 'how far the writer’s and the witnesses’ clocks may be apart, sealing included', '60')
    .option('--json', 'the report as JSON', false)
    .addHelpText('after', AUDIT_EXIT_HELP);

/** Where kept checkpoints are asked for their quorum: from which on. */
export const addWitnessedFrom = (command: Command): Command =>
  command.option(
    '--witnessed-from <leaves>',
    'older kept checkpoints need no quorum: the log had no witnesses yet, as you were told out of band',
  );

/** @throws Unusable */
export function witnessedFrom(given: string | undefined): WitnessedFrom {
  if (given === undefined) return {};
  if (!/^\d{1,15}$/.test(given)) throw new Unusable('--witnessed-from must be a whole number of leaves');
  return { witnessedFrom: Number(given) };
}

export interface Trust extends Freshness {
  readonly policy: TlogPolicy;
  readonly held: readonly TrustedCheckpoint[];
  readonly skew: number;
}

/** @throws Unusable */
export async function trustFrom(given: TrustArguments): Promise<Trust> {
  const policy = parsePolicy(await fileOf(given.policy));
  if (!policy.ok) throw new Unusable(`--policy: ${policy.problem}`);
  const maxAge = given.maxAge === undefined ? undefined : secondsOf('--max-age', given.maxAge);
  return {
    policy: policy.value,
    held: given.since === undefined ? [] : await heldFrom(given.since, policy.value),
    skew: secondsOf('--skew', given.skew),
    ...(maxAge === undefined ? {} : { maxAge, asOf: timeOf(given.asOf) }),
  };
}

/** What was held before was trusted then: where it is not now, nothing can be compared with it. @throws Unusable */
async function heldFrom(file: string, policy: TlogPolicy): Promise<readonly TrustedCheckpoint[]> {
  const held = parseHeld(await fileOf(file), policy);
  if (!held.ok) throw new Unusable(`--since: ${held.problem}`);
  return held.value;
}

/** @throws Unusable */
export async function eventKeysFrom(file: string): Promise<EventKeys> {
  const keys = parseEventKeys(await fileOf(file));
  if (!keys.ok) throw new Unusable(`--event-keys: ${keys.problem}`);
  return keys.value;
}

/** @throws Unusable */
export async function fileOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (fault) {
    throw new Unusable(`${file} cannot be read (${(fault as NodeJS.ErrnoException).code})`);
  }
}

/** @throws Unusable */
export function secondsOf(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Unusable(`${option} must be a whole number of seconds`);
  return Number(text);
}

function timeOf(text: string | undefined): number {
  const time = text === undefined ? Date.now() : Date.parse(text);
  if (Number.isNaN(time)) throw new Unusable('--as-of must be a time in ISO 8601');
  return Math.floor(time / 1_000);
}

/** Runs an audit, prints its report and gives the exit code. */
export async function runAudit<Report extends { readonly verdict: Verdict }>(
  json: boolean,
  work: (progress: AuditProgress) => Promise<Report>,
  inWords: (report: Report) => readonly string[],
): Promise<number> {
  const progress = new AuditProgress(process.stderr, Date.now);
  try {
    const report = await work(progress);
    progress.stop();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${inWords(report).join('\n')}\n`);
    return AUDIT_EXIT[report.verdict];
  } catch (fault) {
    progress.stop();
    if (!(fault instanceof Unusable)) throw fault;
    process.stderr.write(`baton: ${fault.message}\n`);
    return AUDIT_EXIT.usage;
  }
}
