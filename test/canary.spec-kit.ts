import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In how many bytes' distance from a base64 group's start a text may lie: each gives another encoding. */
const BASE64_SHIFTS = [0, 1, 2];

/** A text as it may lie in a file: as it is, in UTF-16 of both orders, hex, and base64 wherever it begins. */
export function spellings(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const swapped = Buffer.from(utf16).swap16();
  const base64 = BASE64_SHIFTS.flatMap((shift) => {
    // Only the characters that its own bytes alone decide: the first and the last are mixed with the neighbours'.
    const encoded = Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .replaceAll('=', '');
    const inner = encoded.slice(shift === 0 ? 0 : shift + 1, -1);
    return [Buffer.from(inner), Buffer.from(inner.replaceAll('+', '-').replaceAll('/', '_'))];
  });
  return [utf8, utf16, swapped, Buffer.from(utf8.toString('hex')), ...base64];
}

/** Where any of the texts is found, in whatever spelling: `sink: text`. */
export function found(texts: readonly string[], sinks: Readonly<Record<string, Buffer>>): readonly string[] {
  return texts.flatMap((text) =>
    Object.entries(sinks)
      .filter(([, bytes]) => spellings(text).some((spelling) => bytes.includes(spelling)))
      .map(([sink]) => `${sink}: ${text}`),
  );
}

/** Every file below a folder, by its path. A file that takes its name meanwhile, as drafts do, has all listed anew. */
export async function filesOf(folder: string): Promise<Record<string, Buffer>> {
  for (;;) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    try {
      return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault;
    }
  }
}
