import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SkippedFigure } from './figure.js';
import { LineProcess } from './line-process.js';

/** From dist/bench: the peers are plain JavaScript and stay where they are, beside their own packages. */
const FOLDER = join(import.meta.dirname, '../../bench/peers');

export const peersInstalled = (of: 'postgres' | 'esdb' = 'postgres'): boolean =>
  existsSync(join(FOLDER, of === 'esdb' ? 'esdb' : '', 'node_modules/@event-driven-io/emmett'));

/** It brings a database of its own, but for EventStoreDB, and says when it is ready. */
export const startPeer = (name: 'commands' | 'leads-api' | 'esdb/commands', ...words: string[]): LineProcess =>
  new LineProcess(join(FOLDER, `${name}.mjs`), words);

export const withoutPeers = (name: string): SkippedFigure => ({ name, skipped: 'peers missing: npm run bench:peers' });
