import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { startEmbedded } from '../apps/baton/embedded.js';

/** Writes the API's description as the built application gives it: `node dist/tools/write-openapi.js FILE`. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: write-openapi FILE');
const dataDir = mkdtempSync(join(tmpdir(), 'baton-openapi-'));
try {
  const { url, stop } = await startEmbedded({ dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent' });
  const document: unknown = await (await fetch(`${url}/openapi.json`)).json();
  await stop();
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
} finally {
  rmSync(dataDir, { recursive: true });
}
