import { hash } from 'node:crypto';
import { parseCheckpointNote } from '../../transparency-log/checkpoint.js';
import { html, type Html } from './html.js';
import type { ReportData } from './report-data.js';
import { bundleName } from './report-proofs.js';

/** How to check the page without trusting whoever made it. */
export function howToCheckSection({ leads, checkpoint }: ReportData): Html {
  const [first] = leads;
  const file = first === undefined ? 'lead.bundle.json' : bundleName(first);
  const note = parseCheckpointNote(checkpoint);
  const origin = note.ok ? note.value.checkpoint.origin : undefined;
  return html`<h2 id="check">How to check this without trusting us</h2>
    <ol class="steps">
      <li>
        <b>Get the keys from somebody else.</b> A policy file (C2SP <span class="mono">tlog-policy</span>: the log’s
        key, the witnesses that you trust, and how many of them must have signed) and the event keys. Not from the
        server, and not from this page.
      </li>
      <li><b>Save the proof</b> from above. It must have the SHA-256 that stands beside it, also on the paper.</li>
      <li>
        <b>Check it</b>, with no network and no server:
        <pre>baton audit verify ${file} --policy POLICY --event-keys KEYS</pre>
        Exit code 0 is proven, 1 tampered (with the first broken rule and its leaf), 2 not everything shown. It replays
        the leaves and prints each interval with the times between which the witnesses saw it come into the log: compare
        them with this page.
      </li>
      <li>
        <b>Check that nothing is left out.</b> A proof of a lead shows a beginning of its history. With the log, or a
        copy of it, every leaf is read:
        <pre>baton audit verify ${file} --policy POLICY --event-keys KEYS --log DIR-OR-URL</pre>
      </li>
      <li>
        <b>Ask a witness</b> what it has cosigned: its tree must be the checkpoint’s, or continue it.
        ${origin !== undefined && html`<pre>GET /${hash('sha256', origin, 'hex')}/checkpoint</pre>`}
      </li>
      <li>
        <b>Use somebody else’s tools.</b> Checkpoints, cosignatures and proofs are in the public formats of C2SP
        (signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature), leaves are canonical JSON (RFC 8785), the tree is
        that of RFC 6962. Programs that this project did not write read them, such as
        <span class="mono">golang.org/x/mod/sumdb</span>.
      </li>
    </ol>`;
}

export function notProvenSection(): Html {
  return html`<h2>What is not proven</h2>
    <ul>
      <li>What the store’s administrator does before an event is sealed; the signed receipts of callers narrow it.</li>
      <li>A tail of the log that its operator holds back, unless somebody else watches the log.</li>
      <li>
        That a person was who the token said, or that somebody acted for another as was claimed: administrators issue
        tokens.
      </li>
      <li>That two leads are not one: merges and near-duplicates can move credit. Both are sealed and can be seen.</li>
      <li>Anything that a quorum of the witnesses does together with the operator of the log.</li>
    </ul>`;
}
