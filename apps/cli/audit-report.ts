import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseEventKeys } from '../../libs/contracts/event-keys.js';
import { isUuid } from '../../libs/ids/uuid.js';
import type { ReportPeriod, ReportSubject } from '../../libs/ownership-trail/report/report-data.js';
import { reportLead } from '../../libs/ownership-trail/report/report-lead.js';
import { reportPage } from '../../libs/ownership-trail/report/report-page.js';
import type { BundleChecks } from '../../libs/ownership-trail/verify-bundle.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import { fileOf, Unusable } from './audit-inputs.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { instantGiven } from './export-command.js';
import { addConnectionOptions } from './options.js';
import { folderProofs, servedProofs } from './report-proofs.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';

interface ReportArguments extends ConnectionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly log?: string;
  readonly policy?: string;
  readonly eventKeys?: string;
}

export function addReportCommand(audit: Command): void {
  const command = audit
    .command('report')
    .description('a page to read and print: who had a lead, or what a team had, with the proofs in it')
    .argument('<lead-or-team>', 'id of a lead, or of a team')
    .option('--from <time>', 'inclusive; a day or a time, UTC unless it says otherwise', instantGiven)
    .option('--to <time>', 'exclusive', instantGiven)
    .option('--out <file>', 'default: report-<lead or team>.html')
    .option('--log <folder>', 'the log’s folder, or a copy of it: then no server is asked and no network is needed')
    .option('--policy <file>', 'with --event-keys: check the proofs, and tell when witnesses saw each change')
    .option('--event-keys <file>', 'keys of the events, given to you out of band');
  addConnectionOptions(command).addHelpText('after', EXIT_HELP).action(writeReport);
}

async function writeReport(subject: string, options: ReportArguments): Promise<void> {
  const trust = await trustOf(options);
  const period = periodOf(options);
  const about: ReportSubject = isUuid(subject) ? { kind: 'lead', lead: subject } : { kind: 'team', team: subject };
  const bundles = await (options.log === undefined
    ? withBaton(options, 'auditor', (api) => servedProofs(api, about, period))
    : folderProofs(options.log, about, period));
  // The whole log is at hand, so that a lead's own proof can be shown to be complete; a team's leads are too many.
  const whole = trust && options.log !== undefined && about.kind === 'lead' ? { log: options.log } : {};
  const leads = [];
  for (const [lead, bundle] of bundles) {
    const one = await reportLead(lead, bundle, trust && { ...trust.checks, ...whole });
    if (!one.ok) throw new CommandFailed(EXIT.failed, `the proof of lead ${lead} cannot be told: ${one.problem}`);
    leads.push(one.value);
  }
  const newest = leads.toSorted((a, b) => b.size - a.size)[0];
  if (newest === undefined) throw new CommandFailed(EXIT.failed, `team ${subject} had no lead in that period`);
  const page = reportPage({
    subject: about,
    period,
    madeAt: new Date().toISOString(),
    source: sourceOf(options),
    leads,
    checkpoint: newest.checkpoint,
    ...(trust ? { checkedBy: trust.digests } : {}),
  });
  const out = options.out ?? `report-${subject}.html`;
  await writeFile(out, page, { mode: 0o600 });
  process.stdout.write(`${out}\n`);
  const tampered = leads.find(({ checked }) => checked?.verdict === 'tampered');
  if (tampered)
    throw new CommandFailed(EXIT.failed, `lead ${tampered.lead} is tampered: ${tampered.checked?.rule ?? ''}`);
}

function sourceOf({ log, url }: ReportArguments): string {
  if (log !== undefined) return 'a folder of the log';
  return url === undefined ? 'the server of this machine' : new URL(url).origin;
}

function periodOf({ from, to }: ReportArguments): ReportPeriod {
  const normal = (time: string): string => new Date(time).toISOString();
  if (from !== undefined && to !== undefined && normal(from) >= normal(to))
    throw new CommandFailed(EXIT.unusableInput, '--to must be later than --from');
  return { ...(from === undefined ? {} : { from: normal(from) }), ...(to === undefined ? {} : { to: normal(to) }) };
}

interface Trust {
  readonly checks: BundleChecks;
  readonly digests: { readonly policy: string; readonly eventKeys: string };
}

async function trustOf({ policy, eventKeys }: ReportArguments): Promise<Trust | undefined> {
  if (policy === undefined && eventKeys === undefined) return undefined;
  if (policy === undefined || eventKeys === undefined)
    throw new CommandFailed(EXIT.unusableInput, '--policy and --event-keys go together');
  const [policyBytes, keyBytes] = (await Promise.all([policy, eventKeys].map(readable))) as [Buffer, Buffer];
  const [trusted, keys] = [parsePolicy(policyBytes), parseEventKeys(keyBytes)];
  if (!trusted.ok) throw new CommandFailed(EXIT.unusableInput, `--policy: ${trusted.problem}`);
  if (!keys.ok) throw new CommandFailed(EXIT.unusableInput, `--event-keys: ${keys.problem}`);
  return {
    checks: { policy: trusted.value, eventKeys: keys.value },
    digests: { policy: hash('sha256', policyBytes, 'hex'), eventKeys: hash('sha256', keyBytes, 'hex') },
  };
}

async function readable(file: string): Promise<Buffer> {
  try {
    return await fileOf(file);
  } catch (fault) {
    if (fault instanceof Unusable) throw new CommandFailed(EXIT.unusableInput, fault.message);
    throw fault;
  }
}
