import { LOG_LEVELS, type LogLevel } from '../../libs/telemetry/logger.js';

/** A setting that is missing or wrong; one clear line for each. */
export class SettingsRefused extends Error {
  override name = 'SettingsRefused';
}

/** @throws SettingsRefused naming the variable */
export function portOf(variable: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new SettingsRefused(`${variable} must be a number from 0 to 65535`);
}

/** BATON_LOG_LEVEL, default `info`. @throws SettingsRefused */
export function logLevelFrom({ BATON_LOG_LEVEL: text = 'info' }: NodeJS.ProcessEnv): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text);
  if (level) return level;
  throw new SettingsRefused(`BATON_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
}

/**
 * BATON_EVENT_STORE_NAMESPACE: what stands before the streams' names where several Batons share an EventStoreDB.
 *
 * @throws SettingsRefused
 */
export function namespaceFrom({ BATON_EVENT_STORE_NAMESPACE: text }: NodeJS.ProcessEnv): { namespace?: string } {
  if (!text) return {};
  if (/^[a-z0-9]{1,40}$/.test(text)) return { namespace: text };
  throw new SettingsRefused('BATON_EVENT_STORE_NAMESPACE must be 1 to 40 lower-case letters or digits');
}
