import type { ExportRow } from '../../libs/exports/export-column.js';

/**
 * The rows of NDJSON, chunk by chunk as the bytes come, whatever the chunks are cut at.
 *
 * @throws SyntaxError where a line is no JSON, or the last one is cut off
 */
export async function* ndjsonRows(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly ExportRow[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let begun = '';
  for await (const chunk of chunks) {
    const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as ExportRow);
  }
  if (begun !== '') yield [JSON.parse(begun) as ExportRow];
}
