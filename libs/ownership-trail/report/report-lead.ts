import { parseLeaf } from '../../contracts/leaf.js';
import { OWNER_ROLES } from '../../lead-lifecycle/ownership.js';
import { parseCheckpointNote } from '../../transparency-log/checkpoint.js';
import { parsed, refused, type Parsed } from '../../transparency-log/parsed.js';
import { parseTlogProof } from '../../transparency-log/tlog-proof.js';
import { auditBundle, type AuditBundleOptions } from '../audit-bundle.js';
import { parseBundle } from '../bundle-format.js';
import { ownershipOfLeaves, type PlacedLeaf } from '../leaf-ownership.js';
import { seenKey, type CheckedBundle, type ReportLead } from './report-data.js';

/**
 * What a report tells of a lead, out of its proof alone: whatever the page says is in the leaves that it hands on.
 *
 * @param checks by which the proof is checked, where whoever makes the page holds a policy and event keys, and perhaps the log
 */
export async function reportLead(
  lead: string,
  text: string,
  checks: AuditBundleOptions | undefined,
): Promise<Parsed<ReportLead & { readonly checkpoint: string }>> {
  const bytes = Buffer.from(text);
  const bundle = parseBundle(bytes);
  if (!bundle.ok) return bundle;
  const { stream, checkpoint } = bundle.value;
  if (stream !== `lead-${lead}`) return refused('bundle: is of another stream');
  const note = parseCheckpointNote(checkpoint);
  if (!note.ok) return note;
  const leaves: PlacedLeaf[] = [];
  for (const { index, proof: written } of bundle.value.leaves) {
    const proof = parseTlogProof(written);
    if (!proof.ok) return refused(`leaf ${index}: ${proof.problem}`);
    const leaf = parseLeaf(proof.value.extra ?? new Uint8Array());
    if (!leaf.ok) return refused(`leaf ${index}: ${leaf.problem}`);
    if (leaf.value.stream !== stream) return refused(`leaf ${index}: is of another stream`);
    leaves.push({ index, leaf: leaf.value });
  }
  const replay = ownershipOfLeaves(leaves);
  if (!replay.ok) return refused(`leaf ${replay.index}: ${replay.rule}`);
  const intervals = OWNER_ROLES.flatMap((role) => replay.value[role].map((interval) => ({ ...interval, role })));
  const checked = checks === undefined ? undefined : await checkedBundle(bytes, checks);
  const { size } = note.value.checkpoint;
  return parsed({ lead, leaves, intervals, bundle: text, size, checkpoint, ...(checked ? { checked } : {}) });
}

async function checkedBundle(bytes: Uint8Array, checks: AuditBundleOptions): Promise<CheckedBundle> {
  const { verdict, rule, doubts, intervals = [] } = await auditBundle(bytes, checks);
  const seen = intervals.map(({ role, revision, beginningSeen, endSeen }) => {
    const times = { beginning: beginningSeen, ...(endSeen ? { end: endSeen } : {}) };
    return [seenKey(role, revision), times] as const;
  });
  return { verdict, ...(rule === undefined ? {} : { rule }), ...(doubts ? { doubts } : {}), seen: new Map(seen) };
}
