import { parseRateLimit, type RateLimit } from '../../libs/http-kit/rate-limit.js';
import { LOG_LEVELS, type LogLevel } from '../../libs/telemetry/logger.js';

/** A setting that is missing or wrong; one clear line for each. */
export class SettingsRefused extends Error {
  override name = 'SettingsRefused';
}

/** Reads setting after setting, so that all that is wrong is told at once. */
export class SettingsReading {
  private readonly problems: string[] = [];

  /** What it answers, or throws, which is kept. */
  read<T>(get: () => T): T | undefined {
    try {
      return get();
    } catch (refusal) {
      this.problems.push(refusal instanceof Error ? refusal.message : String(refusal));
      return undefined;
    }
  }

  /** @throws SettingsRefused with a line for each that is missing or wrong */
  assertAllRight(): void {
    if (this.problems.length > 0) throw new SettingsRefused(this.problems.join('\n'));
  }
}

/** Says why a program does not start, in a line for each reason; it ends with 1. */
export function tellRefusal(program: string, refusal: unknown): void {
  const lines = refusal instanceof Error ? refusal.message : String(refusal);
  for (const line of lines.split('\n')) process.stderr.write(`${program} does not start: ${line}\n`);
  process.exitCode = 1;
}

/** @throws SettingsRefused naming the variable */
export function portOf(variable: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new SettingsRefused(`${variable} must be a number from 0 to 65535`);
}

/** BATON_LOG_LEVEL, default `info`. @throws SettingsRefused */
export function logLevelFrom({ BATON_LOG_LEVEL: text }: NodeJS.ProcessEnv): LogLevel {
  const level = LOG_LEVELS.find((one) => one === (text || 'info'));
  if (level) return level;
  throw new SettingsRefused(`BATON_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
}

/** BATON_RATE_LIMIT; undefined where it is not set. @throws SettingsRefused */
export function rateLimitFrom({ BATON_RATE_LIMIT: text }: NodeJS.ProcessEnv): RateLimit | undefined {
  if (!text) return undefined;
  try {
    return parseRateLimit(text);
  } catch (refusal) {
    throw new SettingsRefused(`BATON_RATE_LIMIT: ${(refusal as RangeError).message}`);
  }
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
