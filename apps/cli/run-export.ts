import { rename, rm, writeFile } from 'node:fs/promises';
import type { DatasetName, ExportRange } from '../../libs/exports/dataset.js';
import type { ExportSchema } from '../../libs/exports/export-schema.js';
import { answered } from './answered.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { createExportFile, type FileFormat } from './export-file.js';
import { ExportProgress } from './export-progress.js';
import type { HttpApi } from './http-api.js';
import { ndjsonRows } from './ndjson-rows.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';

export interface ExportOptions extends ConnectionOptions, ExportRange {
  readonly format: FileFormat;
  readonly out: string;
  readonly withPersonalData: boolean;
}

/** `baton export`: the rows go to a file beside the wanted one, which takes its place once it is whole. */
export async function runExport(dataset: DatasetName, options: ExportOptions): Promise<void> {
  const { out, withPersonalData } = options;
  const rows = await withBaton(options, withPersonalData ? 'privacy' : 'analyst', async (api) => {
    const query = queryOf(options);
    const schema = answered(await api.get(`/exports/${dataset}/schema?${query}`)) as unknown as ExportSchema;
    const part = `${out}.part`;
    try {
      const count = await writeRows(api, `/exports/${dataset}?${query}`, schema, part, options);
      await writeFile(`${out}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`, { mode: 0o600 });
      await rename(part, out);
      return count;
    } catch (fault) {
      await rm(part, { force: true });
      throw fault;
    }
  });
  process.stderr.write(`${rows} rows in ${out}; its columns are described in ${out}.schema.json\n`);
}

function queryOf({ from, to, withPersonalData }: ExportOptions): string {
  return new URLSearchParams({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    withPersonalData: String(withPersonalData),
  }).toString();
}

/** How many rows there were. */
async function writeRows(
  api: HttpApi,
  path: string,
  { dataset, columns }: ExportSchema,
  part: string,
  { format, ...range }: ExportOptions,
): Promise<number> {
  const answer = await api.stream(path);
  if (!answer.ok) throw new CommandFailed(EXIT.failed, answer.problem.detail);
  const file = await createExportFile(part, format, columns);
  const progress = new ExportProgress(dataset, range, process.stderr, Date.now);
  try {
    for await (const rows of ndjsonRows(answer.chunks)) {
      await file.write(rows);
      progress.add(rows);
    }
  } catch (fault) {
    await file.abandon();
    throw isCutOff(fault) ? new CommandFailed(EXIT.failed, 'the server broke off; nothing was written') : fault;
  } finally {
    progress.stop();
  }
  await file.finish();
  return progress.rows;
}

/** fetch says `terminated` where the connection ended before the answer did. */
const isCutOff = (fault: unknown): boolean => (fault as { readonly message?: unknown }).message === 'terminated';
