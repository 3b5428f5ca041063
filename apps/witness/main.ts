#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stopOnSignal } from '../../libs/http-kit/stop-on-signal.js';
import { openSigningKey } from '../../libs/note-keys/signing-key-file.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import { Metrics } from '../../libs/telemetry/metrics.js';
import { formatVkey, SIGNATURE_TYPE } from '../../libs/transparency-log/note-key.js';
import { openWitnessState } from '../../libs/witness/sqlite-witness-state.js';
import { createWitnessServer } from '../../libs/witness/witness-server.js';
import { Witness } from '../../libs/witness/witness.js';
import { tellRefusal } from '../composition/process-settings.js';
import { settingsFrom } from './settings.js';

try {
  const { dataDir, name, logKeys, host, port, logLevel } = settingsFrom(process.env);
  const logger = createLogger('witness', logLevel);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const signer = openSigningKey(join(dataDir, 'witness.key'), name, SIGNATURE_TYPE.cosignature, randomBytes);
  const state = openWitnessState(join(dataDir, 'witness.sqlite'));
  const metrics = new Metrics();
  metrics.collectProcess();
  const witness = new Witness({ signer, logKeys, state, clock: Date.now });
  const server = createWitnessServer({ witness, state, logger, metrics });
  const url = await server.listen(host, port);
  const stop = async (): Promise<void> => {
    await server.stop();
    state.close();
  };
  stopOnSignal(stop, process, logger);
  logger.info({ url, vkey: formatVkey(signer.key), logs: logKeys.map((key) => key.name) }, 'listening');
} catch (refusal) {
  tellRefusal('witness', refusal);
}
