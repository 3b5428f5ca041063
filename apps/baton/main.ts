#!/usr/bin/env node
import 'reflect-metadata';
import { stopOnSignal } from '../../libs/http-kit/stop-on-signal.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import { startEmbedded } from './embedded.js';
import { settingsFrom } from './settings.js';

try {
  const settings = settingsFrom(process.env);
  const logger = createLogger('baton', settings.logLevel);
  const { url, stop } = await startEmbedded(settings);
  stopOnSignal(stop, process, logger);
  logger.info({ url }, 'listening');
} catch (refusal) {
  process.stderr.write(`baton does not start: ${refusal instanceof Error ? refusal.message : String(refusal)}\n`);
  process.exitCode = 1;
}
