import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { openSigningKeys } from '../note-keys/signing-key-file.js';
import { formatVkey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { parsePolicy } from '../transparency-log/policy-file.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { TrailRefused } from './trail-refused.js';

/** Where a log is kept and what it is signed with. */
export interface TrailPlace {
  readonly folder: string;
  /** of mode 0600, a line for each key, the one in use first; default `<folder>.key` */
  readonly keyFile?: string;
  /** C2SP tlog-policy; default `<folder>.policy` */
  readonly policyFile?: string;
  /** the log's name; default: the key's, and for a new key one of its own */
  readonly origin?: string;
}

export interface TrailSetUp {
  readonly folder: string;
  readonly signers: readonly [NoteSigner, ...NoteSigner[]];
  readonly policy: TlogPolicy;
}

const RANDOM_BYTES = 4;

/**
 * Reads a log's key and policy. Where there is no log yet both are made: a policy with the log's key, and no witnesses
 * until somebody names them.
 *
 * @throws TrailRefused, SigningKeyRefused in one line: a log without its key, a policy that is none or not of this log
 */
export function openTrailSetUp(place: TrailPlace, random: (bytes: number) => Uint8Array): TrailSetUp {
  const { folder, keyFile = `${folder}.key`, policyFile = `${folder}.policy`, origin } = place;
  // A fresh key would sign another log under this one's files.
  if (existsSync(`${folder}/pending`) && !existsSync(keyFile))
    throw new TrailRefused(`the trail is there but its key ${keyFile} is not: put it there, no backup holds it`);
  const name = origin ?? { made: `baton.local/${Buffer.from(random(RANDOM_BYTES)).toString('hex')}` };
  const signers = openSigningKeys(keyFile, { name, type: SIGNATURE_TYPE.ed25519, random });
  return { folder, signers, policy: policyFrom(policyFile, signers) };
}

function policyFrom(file: string, signers: readonly NoteSigner[]): TlogPolicy {
  const lines = signers.map(({ key }) => `log ${formatVkey(key)}\n`);
  if (!existsSync(file)) {
    const advice = '# Add witnesses: witness <name> <vkey> <url>, group <name> <number> <witness>…, quorum <name>\n';
    writeFileSync(file, `${lines.join('')}${advice}quorum none\n`, { mode: 0o644, flag: 'wx' });
  }
  const policy = parsePolicy(readFileSync(file));
  if (!policy.ok) throw new TrailRefused(`${file}: ${policy.problem}`);
  const listed = policy.value.logs.map(({ key }) => formatVkey(key));
  const absent = signers.find(({ key }) => !listed.includes(formatVkey(key)));
  if (absent) throw new TrailRefused(`${file} has no line for this log's key: log ${formatVkey(absent.key)}`);
  return policy.value;
}
