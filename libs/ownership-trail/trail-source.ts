import { HttpTrail } from './http-trail.js';
import { TrailFolder } from './trail-folder.js';
import type { TrailReader } from './trail-reader.js';

/** Where a log lies: a folder, or the address below which a server has its files. Can be handed to a thread. */
export type TrailSource = string | { readonly url: string; readonly token?: string };

export const openTrail = (source: TrailSource): TrailReader =>
  typeof source === 'string' ? new TrailFolder(source) : new HttpTrail(source.url, source.token);
