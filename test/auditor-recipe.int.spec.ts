import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { anyRecorded } from '../libs/contracts/any-event.spec-kit.js';
import { CURRENT_FORMS } from '../libs/contracts/event-forms.js';
import { formatEventKeys } from '../libs/contracts/event-keys.js';
import { encodeLeaf, leafOf } from '../libs/contracts/leaf.js';
import { testEventKeys, testSigner } from '../libs/event-signing/event-signing.spec-kit.js';

/** What the auditor's page says to type, from the leaf to OpenSSL's verdict. */
const page = readFileSync(join(import.meta.dirname, '../docs/auditor.md'), 'utf8');
const RECIPE = /^jq -cjS [^]*?^openssl pkeyutl [^\n]*\n/m.exec(page)?.[0] ?? 'false';
const TOOLS = ['jq', 'openssl'].every((tool) => spawnSync(tool, ['--version']).error === undefined);

/** @param signedTogether how many events, of which the leaf is the last one's */
async function leafOfBatch(signedTogether: number): Promise<Buffer> {
  const [form] = CURRENT_FORMS;
  const events = fc.sample(anyRecorded(form!), { numRuns: signedTogether, seed: 4 });
  const signed = await testSigner().sign('lead-1', 0, events);
  return encodeLeaf(leafOf({ ...signed.at(-1)!, stream: 'lead-1', revision: signedTogether - 1 }, 'ab'.repeat(32)));
}

(TOOLS ? describe : describe.skip)('The signature of an event, checked by hand as the auditor’s page says', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-recipe-'));
    writeFileSync(join(folder, 'event-keys'), formatEventKeys(testEventKeys()));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const verdict = (leaf: Buffer): string => {
    writeFileSync(join(folder, 'leaf.json'), leaf);
    return execFileSync('sh', ['-c', `${RECIPE.trimEnd()} || true`], { cwd: folder, encoding: 'utf8' });
  };

  it.each([1, 2, 7])('holds where %i were signed together, and not for another leaf', async (together) => {
    const leaf = await leafOfBatch(together);
    expect(verdict(leaf)).toContain('Verified Successfully');
    expect(verdict(Buffer.from(leaf.toString().replace('lead-1', 'lead-2')))).toContain('Failure');
  });
});
