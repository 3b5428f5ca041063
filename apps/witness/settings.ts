import { readFileSync } from 'node:fs';
import type { LogLevel } from '../../libs/telemetry/logger.js';
import { isKeyName, type NoteKey } from '../../libs/transparency-log/note-key.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import { logLevelFrom, portOf, SettingsReading, SettingsRefused } from '../composition/process-settings.js';

export interface WitnessSettings {
  /** folder of the state and the key */
  readonly dataDir: string;
  /** under which it signs, such as `witness.example/w1` */
  readonly name: string;
  readonly logKeys: readonly NoteKey[];
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  readonly logLevel: LogLevel;
}

/**
 * Reads BATON_WITNESS_NAME, BATON_WITNESS_LOGS, BATON_WITNESS_DATA, BATON_WITNESS_HOST, BATON_WITNESS_PORT, BATON_LOG_LEVEL.
 *
 * @throws SettingsRefused with a line for each that is missing or wrong
 */
export function settingsFrom(environment: NodeJS.ProcessEnv): WitnessSettings {
  const reading = new SettingsReading();
  const settings = {
    name: reading.read(() => nameFrom(environment)),
    logKeys: reading.read(() =>
      logKeysOf(required(environment, 'BATON_WITNESS_LOGS', 'a tlog-policy file whose log lines it cosigns for')),
    ),
    dataDir: environment.BATON_WITNESS_DATA || 'witness-data',
    host: environment.BATON_WITNESS_HOST || '127.0.0.1',
    port: reading.read(() => portOf('BATON_WITNESS_PORT', environment.BATON_WITNESS_PORT || '3100')),
    logLevel: reading.read(() => logLevelFrom(environment)),
  };
  reading.assertAllRight();
  // Nothing was refused: all of it is there.
  return settings as WitnessSettings;
}

function nameFrom(environment: NodeJS.ProcessEnv): string {
  const name = required(environment, 'BATON_WITNESS_NAME', 'the name it signs under, such as witness.example/w1');
  if (!isKeyName(name)) throw new SettingsRefused('BATON_WITNESS_NAME must have no spaces and no plus sign');
  return name;
}

function required(environment: NodeJS.ProcessEnv, variable: string, what: string): string {
  const value = environment[variable];
  if (value === undefined || value === '') throw new SettingsRefused(`${variable} must be set: ${what}`);
  return value;
}

function logKeysOf(file: string): readonly NoteKey[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (fault) {
    throw new SettingsRefused(`BATON_WITNESS_LOGS: the file cannot be read (${(fault as NodeJS.ErrnoException).code})`);
  }
  const policy = parsePolicy(bytes);
  if (!policy.ok) throw new SettingsRefused(`BATON_WITNESS_LOGS: ${policy.problem}`);
  if (policy.value.logs.length === 0) throw new SettingsRefused('BATON_WITNESS_LOGS: the policy has no log line');
  return policy.value.logs.map(({ key }) => key);
}
