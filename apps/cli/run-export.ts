import { open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import type { DatasetName, ExportRange } from '../../libs/exports/dataset.js';
import type { FileFormat } from '../../libs/exports/export-formats.js';
import type { ExportSchema } from '../../libs/exports/export-schema.js';
import { answered } from './answered.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { ExportProgress, rowsText, sizeOf } from './export-progress.js';
import { PassingRows, rowsOfParquet } from './exported-rows.js';
import type { HttpApi } from './http-api.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';

const OWNER_ONLY = 0o600;

export interface ExportOptions extends ConnectionOptions, ExportRange {
  readonly format: FileFormat;
  readonly out: string;
  readonly withPersonalData: boolean;
}

/** `baton export`: what the server makes goes to a file beside the wanted one, which takes its place once it is whole. */
export async function runExport(dataset: DatasetName, options: ExportOptions): Promise<void> {
  const { format, out, withPersonalData } = options;
  const { bytes, rows } = await withBaton(options, withPersonalData ? 'privacy' : 'analyst', async (api) => {
    const query = queryOf(options);
    const schema = answered(await api.get(`/exports/${dataset}/schema?${query}`)) as unknown as ExportSchema;
    const part = `${out}.part`;
    try {
      const written = await writeFileOf(api, `/exports/${dataset}?${query}&format=${format}`, part, format);
      await writeFile(`${out}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`, { mode: OWNER_ONLY });
      await rename(part, out);
      return written;
    } catch (fault) {
      await rm(part, { force: true });
      throw fault;
    }
  });
  process.stderr.write(`${rowsText(rows)}, ${sizeOf(bytes)} in ${out}; columns: ${out}.schema.json\n`);
}

function queryOf({ from, to, withPersonalData }: ExportOptions): string {
  return new URLSearchParams({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    withPersonalData: String(withPersonalData),
  }).toString();
}

async function writeFileOf(
  api: HttpApi,
  path: string,
  part: string,
  format: FileFormat,
): Promise<{ readonly bytes: number; readonly rows: number }> {
  const answer = await api.stream(path);
  if (!answer.ok) throw new CommandFailed(EXIT.unusableInput, answer.problem.detail);
  const file = await opened(part);
  // How many rows passed is seen in text; Parquet says it at its end.
  const passing = format === 'parquet' ? undefined : new PassingRows(format);
  const progress = new ExportProgress(process.stderr, Date.now);
  try {
    for await (const chunk of answer.chunks) {
      await file.writeFile(chunk);
      passing?.add(chunk);
      progress.add(chunk.length, passing?.count);
    }
    await file.sync();
  } catch (fault) {
    throw isCutOff(fault) ? new CommandFailed(EXIT.failed, 'the server broke off; nothing was written') : fault;
  } finally {
    progress.stop();
    await file.close();
  }
  return { bytes: progress.bytes, rows: passing?.count ?? (await rowsOfParquet(part)) };
}

/** @throws CommandFailed where no such file can be made */
async function opened(part: string): Promise<FileHandle> {
  try {
    return await open(part, 'w', OWNER_ONLY);
  } catch (fault) {
    const { code = 'unknown' } = fault as NodeJS.ErrnoException;
    throw new CommandFailed(EXIT.unusableInput, `${part} cannot be written (${code}): is --out right?`);
  }
}

/** fetch says `terminated` where the connection ended before the answer did. */
const isCutOff = (fault: unknown): boolean => (fault as { readonly message?: unknown }).message === 'terminated';
