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
    const passing = await passingOf(format, schema);
    const part = `${out}.part`;
    try {
      const bytes = await writeFileOf(api, `/exports/${dataset}?${query}&format=${format}`, part, passing);
      // A file whose end is missing is found here, and not kept.
      const rows = format === 'parquet' ? await rowsOfParquet(part) : passing.count;
      await writeFile(`${out}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`, { mode: OWNER_ONLY });
      await rename(part, out);
      return { bytes, rows };
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

/** Rows of a file, as they go by. */
type Passing = Pick<PassingRows, 'add' | 'count'>;

async function passingOf(format: FileFormat, { columns }: ExportSchema): Promise<Passing> {
  if (format !== 'parquet') return new PassingRows(format);
  // Only here: most commands write no Parquet.
  const { PassingParquet } = await import('./passing-parquet.js');
  return new PassingParquet(columns.length);
}

/** Writes what the server sends; how many bytes that is. */
async function writeFileOf(api: HttpApi, path: string, part: string, passing: Passing): Promise<number> {
  const answer = await api.stream(path);
  if (!answer.ok) throw new CommandFailed(EXIT.unusableInput, answer.problem.detail);
  const file = await opened(part);
  const progress = new ExportProgress(process.stderr, Date.now);
  try {
    for await (const chunk of answer.chunks) {
      await file.writeFile(chunk);
      passing.add(chunk);
      progress.add(chunk.length, passing.count);
    }
    await file.sync();
  } catch (fault) {
    throw isCutOff(fault) ? new CommandFailed(EXIT.failed, 'the server broke off; nothing was written') : fault;
  } finally {
    progress.stop();
    await file.close();
  }
  return progress.bytes;
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
