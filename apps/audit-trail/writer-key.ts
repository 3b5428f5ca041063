import { existsSync } from 'node:fs';
import { readSigningKey } from '../../libs/note-keys/signing-key-file.js';
import type { TrailPlace } from '../../libs/ownership-trail/trail-set-up.js';
import { formatVkey } from '../../libs/transparency-log/note-key.js';
import type { ServiceSettings } from '../composition/service-settings.js';

/**
 * Where everything runs on one machine for trying, the writer's key file is here too, and says its public part. Whoever
 * separates the two, as one should, gives BATON_EVENT_KEYS.
 */
export function withWriterKey({ trail, signingKey }: Pick<ServiceSettings, 'trail' | 'signingKey'>): TrailPlace {
  const file = signingKey as string | undefined;
  return file !== undefined && existsSync(file) ? { ...trail, writerKey: formatVkey(readSigningKey(file).key) } : trail;
}
