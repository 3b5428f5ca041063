import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Json } from '../decider/json.js';
import { KEY_BYTES } from './aes-gcm.js';
import type { EpochKey, ErasedNote, KeyRing, Pepper } from './key-ring.js';

const FORMAT = 'baton-keys/v2';
/** From before peppers were rotated: it has one, `pepper`. */
const WITH_ONE_PEPPER = 'baton-keys/v1';

/** The key file's text: JSON, secrets in base64url. */
export function writtenKeyRing({ installationSecret, peppers, epochs, erased = [] }: KeyRing): string {
  const file = {
    format: FORMAT,
    installationSecret: text(installationSecret),
    peppers: peppers.map(({ version, key }) => ({ version, key: text(key) })),
    epochs: epochs.map(({ epoch, key }) => ({ epoch, key: text(key) })),
    ...(erased.length > 0 ? { erased } : {}),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** The secrets in a key file's text, or undefined where it is not exactly of the format: no key is ever made up. */
export function parseKeyRing(written: string): KeyRing | undefined {
  const file = fields(parse(written));
  if (file?.format !== FORMAT && file?.format !== WITH_ONE_PEPPER) return undefined;
  const inFile = file.format === FORMAT ? file.peppers : [file.pepper ?? null];
  if (!Array.isArray(inFile) || !Array.isArray(file.epochs)) return undefined;
  const installationSecret = keyOf(file.installationSecret);
  const peppers = peppersOf(inFile as readonly Json[]);
  const epochs = epochsOf(file.epochs as readonly Json[]);
  const erased = erasedOf(file.erased ?? []);
  if (!installationSecret || !peppers || !epochs || !erased) return undefined;
  return { installationSecret, peppers, epochs, erased };
}

/** None may be missing: without it every address would come out as another. */
function peppersOf(entries: readonly Json[]): KeyRing['peppers'] | undefined {
  const peppers: Pepper[] = [];
  for (const entry of entries) {
    const version = ordinal(fields(entry)?.version);
    const key = keyOf(fields(entry)?.key);
    if (!key || version !== peppers.length + 1) return undefined;
    peppers.push({ version, key });
  }
  const [first, ...more] = peppers;
  return first && [first, ...more];
}

function erasedOf(entries: Json): readonly ErasedNote[] | undefined {
  if (!Array.isArray(entries)) return undefined;
  const erased: ErasedNote[] = [];
  for (const entry of entries as readonly Json[]) {
    const { contact, under, keepOptOut, epoch: written } = fields(entry) ?? {};
    const epoch = ordinal(written);
    if (typeof contact !== 'string' || typeof under !== 'string' || typeof keepOptOut !== 'boolean' || !epoch)
      return undefined;
    erased.push({ contact, under, keepOptOut, epoch });
  }
  return erased;
}

function epochsOf(entries: readonly Json[]): KeyRing['epochs'] | undefined {
  const epochs: EpochKey[] = [];
  for (const entry of entries) {
    const epoch = ordinal(fields(entry)?.epoch);
    const key = keyOf(fields(entry)?.key);
    if (!epoch || !key || epoch <= (epochs.at(-1)?.epoch ?? 0)) return undefined;
    epochs.push({ epoch, key });
  }
  const [first, ...more] = epochs;
  return first && [first, ...more];
}

function parse(written: string): Json | undefined {
  try {
    return JSON.parse(written) as Json;
  } catch {
    // The parser's message would quote the file, and with it a key.
    return undefined;
  }
}

const fields = (value: Json | undefined): Readonly<Record<string, Json | undefined>> | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json | undefined>>)
    : undefined;

const ordinal = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;

function keyOf(value: Json | undefined): KeyObject | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length === KEY_BYTES && bytes.toString('base64url') === value ? createSecretKey(bytes) : undefined;
}

const text = (key: KeyObject): string => key.export().toString('base64url');
