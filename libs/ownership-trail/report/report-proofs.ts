import { hash } from 'node:crypto';
import { splitCosignature } from '../../transparency-log/cosignature.js';
import type { NoteSignature } from '../../transparency-log/note-signature.js';
import { parseNote } from '../../transparency-log/signed-note.js';
import { html, type Html } from './html.js';
import type { ReportData, ReportLead } from './report-data.js';
import { tableOf } from './report-tables.js';
import { many, timeOf } from './report-words.js';

/** The newest checkpoint, as it was signed, and who signed it. */
export function checkpointSection({ checkpoint }: ReportData): Html {
  const note = parseNote(checkpoint);
  return html`<h2>The checkpoint</h2>
    <p>
      Every leaf on this page is in the tree of this checkpoint or of an earlier one of the same log. Keep it: a later
      log must continue it, or it was tampered with.
    </p>
    <pre>${checkpoint}</pre>
    ${tableOf<NoteSignature>(
      [
        { name: 'Signed by', cell: ({ name }) => html`<span class="mono">${name}</span>` },
        { name: 'Key', cell: ({ keyId }) => html`<span class="mono">${keyId.toString(16).padStart(8, '0')}</span>` },
        { name: 'As', cell: ({ bytes }) => signedAs(bytes) },
      ],
      note.ok ? note.value.signatures : [],
    )}
    <p class="soft">
      Times are the witnesses’ own. Which of these keys to trust says your policy file, not this page.
    </p>`;
}

/** By what a line of signature says of itself: only keys could tell whether it is true. */
function signedAs(bytes: Uint8Array): Html | string {
  const cosigned = splitCosignature(bytes);
  return cosigned === undefined
    ? 'the log, or a key of another kind'
    : html`a witness, at ${timeOf(isoOf(cosigned.time))}`;
}

/** @param seconds since 1970; what no calendar has is shown as a number */
const isoOf = (seconds: number): string => (seconds < 8e12 ? new Date(seconds * 1_000).toISOString() : String(seconds));

/** Each lead's proof, to be taken out of this page without any script. */
export function proofSection({ leads, subject }: ReportData): Html {
  return html`<h2>Proofs</h2>
    <p>
      A proof is one file for each lead: its leaves, and what binds each of them to the checkpoint. The links hold the
      files themselves; nothing is fetched. On paper only their digests are left: keep this page as a file, too.
    </p>
    ${leads.map((lead) => proofOf(lead, subject.kind === 'lead'))}`;
}

export const bundleName = ({ lead }: Pick<ReportLead, 'lead'>): string => `lead-${lead}.bundle.json`;
export const bundleDigest = ({ bundle }: Pick<ReportLead, 'bundle'>): string => hash('sha256', bundle, 'hex');

function proofOf(lead: ReportLead, withText: boolean): Html {
  const { bundle, leaves, size, checked } = lead;
  const name = bundleName(lead);
  const bytes = Buffer.from(bundle);
  const verdict = checked && html` · ${checked.verdict}${checked.rule === undefined ? '' : `: ${checked.rule}`}`;
  return html`<h3 id="lead-${lead.lead}"><span class="mono">${lead.lead}</span></h3>
    <p>
      ${many(leaves.length, 'leaf', 'leaves')} under a checkpoint of ${size} · ${Math.ceil(bytes.length / 1_024)}
      KiB${verdict}<br />
      SHA-256 <span class="mono">${bundleDigest(lead)}</span>
    </p>
    <p class="screen-only">
      <a download="${name}" href="data:application/json;base64,${bytes.toString('base64')}">Save ${name}</a>
    </p>
    ${
      withText &&
      html`<details class="screen-only">
        <summary>The same as text, to be copied into a file of that name</summary>
        <pre>${bundle}</pre>
      </details>`
    }`;
}
