import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseEventKeys } from '../../libs/contracts/event-keys.js';
import type { JsonObject } from '../../libs/decider/json.js';
import {
  MOST_REPORT_LEADS,
  type ReportPeriod,
  type ReportSubject,
} from '../../libs/ownership-trail/report/report-data.js';
import { reportLead } from '../../libs/ownership-trail/report/report-lead.js';
import { reportPage } from '../../libs/ownership-trail/report/report-page.js';
import type { BundleChecks } from '../../libs/ownership-trail/verify-bundle.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import { answered } from './answered.js';
import { fileOf, Unusable } from './audit-inputs.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { instantGiven } from './export-command.js';
import type { HttpApi } from './http-api.js';
import { addConnectionOptions } from './options.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';

interface ReportArguments extends ConnectionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly policy?: string;
  readonly eventKeys?: string;
}

const LEAD = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PAGE = 500;

export function addReportCommand(audit: Command): void {
  const command = audit
    .command('report')
    .description('a page to read and print: who had a lead, or what a team had, with the proofs in it')
    .argument('<lead-or-team>', 'id of a lead, or of a team')
    .option('--from <time>', 'inclusive; a day or a time, UTC unless it says otherwise', instantGiven)
    .option('--to <time>', 'exclusive', instantGiven)
    .option('--out <file>', 'default: report-<lead or team>.html')
    .option('--policy <file>', 'with --event-keys: check the proofs, and tell when witnesses saw each change')
    .option('--event-keys <file>', 'keys of the events, given to you out of band');
  addConnectionOptions(command).addHelpText('after', EXIT_HELP).action(writeReport);
}

async function writeReport(subject: string, options: ReportArguments): Promise<void> {
  const trust = await trustOf(options);
  const period = periodOf(options);
  const about: ReportSubject = LEAD.test(subject) ? { kind: 'lead', lead: subject } : { kind: 'team', team: subject };
  const bundles = await withBaton(options, 'auditor', async (api) => {
    const found = about.kind === 'lead' ? [about.lead] : await leadsOf(api, about.team, period);
    const proofs: [string, string][] = [];
    for (const lead of found)
      proofs.push([lead, JSON.stringify(answered(await api.get(`/audit/leads/${lead}/proof`)))]);
    return proofs;
  });
  const leads = [];
  for (const [lead, bundle] of bundles) {
    const one = await reportLead(lead, bundle, trust?.checks);
    if (!one.ok) throw new CommandFailed(EXIT.failed, `the proof of lead ${lead} cannot be told: ${one.problem}`);
    leads.push(one.value);
  }
  const newest = leads.toSorted((a, b) => b.size - a.size)[0];
  if (newest === undefined) throw new CommandFailed(EXIT.failed, `team ${subject} had no lead in that period`);
  const page = reportPage({
    subject: about,
    period,
    madeAt: new Date().toISOString(),
    source: options.url === undefined ? 'the server of this machine' : new URL(options.url).origin,
    leads,
    checkpoint: newest.checkpoint,
    ...(trust ? { checkedBy: trust.digests } : {}),
  });
  const out = options.out ?? `report-${subject}.html`;
  await writeFile(out, page, { mode: 0o600 });
  process.stdout.write(`${out}\n`);
}

/** Of all leads that the team had in the period, each once. */
async function leadsOf(api: HttpApi, team: string, period: ReportPeriod): Promise<readonly string[]> {
  const leads = new Set<string>();
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      team,
      ...period,
      limit: String(PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const page = answered(await api.get(`/audit/ownership?${query.toString()}`));
    for (const { lead } of page['intervals'] as readonly (JsonObject & { lead: string })[]) leads.add(lead);
    if (leads.size > MOST_REPORT_LEADS) {
      const rule = `team ${team} had more than ${MOST_REPORT_LEADS} leads: narrow it by --from and --to`;
      throw new CommandFailed(EXIT.unusableInput, rule);
    }
    cursor = page['next'] as string | undefined;
  } while (cursor !== undefined);
  return [...leads];
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
