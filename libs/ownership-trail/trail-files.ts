/** Where the files of a log lie that C2SP tlog-tiles does not name: the tiles' places are those of tile-path.ts. */

/** The log's folder in a data directory. */
export const TRAIL_FOLDER = 'trail';
/** Beside the folder: the key that signs, which no backup holds; and, public, whom the log trusts. */
export const keyFileOf = (folder: string): string => `${folder}.key`;
export const policyFileOf = (folder: string): string => `${folder}.policy`;
export const eventKeysFileOf = (folder: string): string => `${folder}.event-keys`;
/** What is asked of the leaves is asked of it; it can be made again. */
export const indexFileOf = (folder: string): string => `${folder}-index.sqlite`;

/** The sealer's own last checkpoint: its memory of how far it is. */
export const PENDING = 'pending';
/** The position in the store of the last leaf's event, for a signed size. */
export const positionPath = (size: number): string => `position/${size}`;

/** The last checkpoint that was handed out. */
export const CHECKPOINT = 'checkpoint';
/** Of all that were ever handed out. */
export const ARCHIVE = 'checkpoints';
/** The first published checkpoint of a size, and where it was cosigned again, its last form. */
export const firstForm = (size: number): string => `${ARCHIVE}/${size}`;
export const lastForm = (size: number): string => `${ARCHIVE}/${size}.last`;
const ARCHIVED = new RegExp(`^${ARCHIVE}/(\\d+)(?:\\.last)?$`);
/** Of a path that one of these two made. */
export function archivedSize(path: string): number | undefined {
  const found = ARCHIVED.exec(path);
  return found ? Number(found[1]) : undefined;
}

/** Under which a file is written before it gets its name. */
export const draftOf = (path: string): string => `${path}.draft`;
export const isDraft = (path: string): boolean => path.endsWith('.draft');
