import type { JsonObject } from '../../libs/decider/json.js';
import { MOST_BUNDLE_LEAVES } from '../../libs/ownership-trail/bundle-format.js';
import { FolderProofs } from '../../libs/ownership-trail/folder-proofs.js';
import {
  MOST_REPORT_LEADS,
  type ReportPeriod,
  type ReportSubject,
} from '../../libs/ownership-trail/report/report-data.js';
import { answered } from './answered.js';
import { AuditProgress } from './audit-progress.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import type { HttpApi } from './http-api.js';

const PAGE = 500;

/** Of each lead its bundle, as JSON. */
export type Proofs = readonly (readonly [lead: string, bundle: string])[];

/** The proofs as the server hands them out. @throws CommandFailed */
export async function servedProofs(api: HttpApi, about: ReportSubject, period: ReportPeriod): Promise<Proofs> {
  const found = about.kind === 'lead' ? [about.lead] : await leadsOf(api, about.team, period);
  const proofs: [string, string][] = [];
  for (const lead of found) proofs.push([lead, JSON.stringify(answered(await api.get(`/audit/leads/${lead}/proof`)))]);
  return proofs;
}

/** The proofs out of a log's folder, which is read whole. @throws CommandFailed, LogUnreadable, BundleFault, TileFault */
export async function folderProofs(folder: string, about: ReportSubject, period: ReportPeriod): Promise<Proofs> {
  const progress = new AuditProgress(process.stderr, Date.now);
  try {
    const log = await FolderProofs.open(folder, (leaves, size) => progress.reached(leaves, size));
    const found =
      about.kind === 'lead'
        ? [[about.lead, await log.of(about.lead)] as const]
        : await log.ofTeam(about.team, period, MOST_REPORT_LEADS);
    if (found === 'too-many') throw tooMany(about.kind === 'team' ? about.team : '');
    return found.map(([lead, bundle]) => {
      if (bundle === undefined) throw new CommandFailed(EXIT.failed, `no leaf of the log is of lead ${lead}`);
      if (bundle === 'too-long') throw new CommandFailed(EXIT.failed, `lead ${lead}: ${TOO_LONG}`);
      return [lead, JSON.stringify(bundle)] as const;
    });
  } finally {
    progress.stop();
  }
}

const TOO_LONG = `more than ${MOST_BUNDLE_LEAVES} leaves: check the log itself (baton audit fsck)`;
const tooMany = (team: string): CommandFailed =>
  new CommandFailed(
    EXIT.unusableInput,
    `team ${team} had more than ${MOST_REPORT_LEADS} leads: narrow it by --from and --to`,
  );

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
    if (leads.size > MOST_REPORT_LEADS) throw tooMany(team);
    cursor = page['next'] as string | undefined;
  } while (cursor !== undefined);
  return [...leads];
}
