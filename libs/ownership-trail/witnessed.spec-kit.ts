import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { formatVkey, SIGNATURE_TYPE, type NoteKey } from '../transparency-log/note-key.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { openWitnessState } from '../witness/sqlite-witness-state.js';
import { createWitnessServer } from '../witness/witness-server.js';
import { Witness } from '../witness/witness.js';
import { signer } from './trail.spec-kit.js';

/** A witness on a port of its own; the test drives its clock, and may send it away. */
export async function startWitness(name: string, logKeys: readonly NoteKey[] = [signer.key]) {
  const time = { ms: 1_800_000_000_000 };
  const state = openWitnessState(join(mkdtempSync(join(tmpdir(), 'baton-witness-')), 'witness.sqlite'));
  const key = noteSigner(`example.com/${name}`, SIGNATURE_TYPE.cosignature, Buffer.alloc(32, name.length + 100));
  const witness = new Witness({ signer: key, logKeys, state, clock: () => time.ms });
  const start = async (port: number) => {
    const logger = createLogger('witness', 'silent');
    const server = createWitnessServer({ witness, state, logger, metrics: new Metrics() });
    return { server, url: await server.listen('127.0.0.1', port) };
  };
  let running: Awaited<ReturnType<typeof start>> | undefined = await start(0);
  const { url } = running;
  const away = async (): Promise<void> => {
    await running?.server.stop();
    running = undefined;
  };
  return {
    url,
    time,
    state,
    key: key.key,
    /** for a policy file */
    line: `witness ${name} ${formatVkey(key.key)} ${url}\n`,
    away,
    back: async () => {
      running = await start(Number(new URL(url).port));
    },
    stop: async () => {
      await away();
      state.close();
    },
  };
}
export type StartedWitness = Awaited<ReturnType<typeof startWitness>>;
