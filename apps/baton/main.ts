#!/usr/bin/env node
import 'reflect-metadata';
import { stopOnSignal } from '../../libs/http-kit/stop-on-signal.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import { startEmbedded } from './embedded.js';
import { tellRefusal } from '../composition/process-settings.js';
import { settingsFrom } from './settings.js';

try {
  const settings = settingsFrom(process.env);
  const logger = createLogger('baton', settings.logLevel);
  const { url, stop } = await startEmbedded(settings);
  stopOnSignal(stop, process, logger);
  logger.info({ url }, 'listening');
} catch (refusal) {
  tellRefusal('baton', refusal);
}
