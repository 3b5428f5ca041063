import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { fsck, type FsckReport } from '../../libs/ownership-trail/fsck.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import type { TlogPolicy } from '../../libs/transparency-log/tlog-policy.js';
import { AuditProgress } from './audit-progress.js';

/** What an audit tells the shell; its own, so that a script can tell tampering from doubt. */
export const AUDIT_EXIT = { proven: 0, tampered: 1, incomplete: 2, usage: 3 } as const;

const EXIT_HELP = `
Exit codes:
  0  proven
  1  tampered: the first rule that is broken, and at which leaf
  2  incomplete, unwitnessed or stale: nothing is wrong, but not everything is shown
  3  the command line or a file that it names cannot be used`;

interface FsckArguments {
  readonly policy: string;
  readonly since?: string;
  readonly asOf?: string;
  readonly maxAge?: string;
  readonly json: boolean;
}

/** A policy, time or file that cannot be used: one line, exit code 3. */
class Unusable extends Error {}

export function addAuditCommand(baton: Command): void {
  const audit = baton.command('audit').description('prove or disprove the log, with no network and no server');
  audit
    .command('fsck')
    .description('check a log’s folder: signature, witnesses, every entry, leaf, tile and stream')
    .argument('<folder>', 'the log: checkpoint and tile/…')
    .requiredOption('--policy <file>', 'whom you trust (C2SP tlog-policy), given to you out of band')
    .option('--since <file>', 'a checkpoint that you held before: the log must only have grown')
    .option('--as-of <time>', 'with --max-age: when the log must be fresh (ISO 8601); default now')
    .option('--max-age <seconds>', 'most seconds since a quorum of witnesses saw this tree')
    .option('--json', 'the report as JSON', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (folder: string, options: FsckArguments) => {
      process.exitCode = await runFsck(folder, options);
    });
}

async function runFsck(folder: string, options: FsckArguments): Promise<number> {
  const progress = new AuditProgress(process.stderr, Date.now);
  try {
    const maxAge = options.maxAge === undefined ? undefined : secondsOf(options.maxAge);
    const report = await fsck(folder, {
      policy: await policyFrom(options.policy),
      onProgress: (leaves, size) => progress.reached(leaves, size),
      ...(options.since === undefined ? {} : { since: await fileOf(options.since) }),
      ...(maxAge === undefined ? {} : { maxAge, asOf: timeOf(options.asOf) }),
    });
    progress.stop();
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : inWords(report));
    return AUDIT_EXIT[report.verdict];
  } catch (fault) {
    progress.stop();
    if (!(fault instanceof Unusable)) throw fault;
    process.stderr.write(`baton: ${fault.message}\n`);
    return AUDIT_EXIT.usage;
  }
}

function inWords({ verdict, rule, index, origin, size, root, quorum, streams, witnessed }: FsckReport): string {
  const at = index === undefined ? '' : ` (leaf ${index})`;
  return [
    `${verdict}${rule === undefined ? '' : `: ${rule}`}${at}`,
    ...(origin === undefined
      ? []
      : [`log      ${origin}`, `leaves   ${size}`, `root     ${root}`, `quorum   ${quorum}`]),
    ...(witnessed ? [`seen     from ${witnessed.notBefore} to ${witnessed.notAfter}`] : []),
    ...(streams === undefined ? [] : [`streams  ${streams}, each from its first event without a gap`]),
    '',
  ].join('\n');
}

async function policyFrom(file: string): Promise<TlogPolicy> {
  const policy = parsePolicy(await fileOf(file));
  if (!policy.ok) throw new Unusable(`--policy: ${policy.problem}`);
  return policy.value;
}

async function fileOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (fault) {
    throw new Unusable(`${file} cannot be read (${(fault as NodeJS.ErrnoException).code})`);
  }
}

function secondsOf(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Unusable('--max-age must be a whole number of seconds');
  return Number(text);
}

function timeOf(text: string | undefined): number {
  const time = text === undefined ? Date.now() : Date.parse(text);
  if (Number.isNaN(time)) throw new Unusable('--as-of must be a time in ISO 8601');
  return Math.floor(time / 1_000);
}
