import { open, type FileHandle } from 'node:fs/promises';
import type { ExportColumn, ExportRow } from '../../libs/exports/export-column.js';
import { STREAMED_FORMATS, TEXT_FORMATS, type StreamedFormat } from '../../libs/exports/export-formats.js';

export const FILE_FORMATS = ['parquet', ...STREAMED_FORMATS] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** A file that takes rows; readable by its owner only. */
export interface ExportFile {
  write(rows: readonly ExportRow[]): Promise<void>;
  /** The file is whole and on disk. */
  finish(): Promise<void>;
  /** Closes it as it is. */
  abandon(): Promise<void>;
}

/** @throws Error of the file system */
export async function createExportFile(
  path: string,
  format: FileFormat,
  columns: readonly ExportColumn[],
): Promise<ExportFile> {
  if (format !== 'parquet') return TextFile.create(path, format, columns);
  // Only here: reading the writer takes longer than most commands.
  const { ParquetFile } = await import('../../libs/exports/parquet-file.js');
  return ParquetFile.create(path, columns);
}

class TextFile implements ExportFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly format: StreamedFormat,
    private readonly columns: readonly ExportColumn[],
  ) {}

  static async create(path: string, format: StreamedFormat, columns: readonly ExportColumn[]): Promise<TextFile> {
    const file = await open(path, 'w', 0o600);
    await file.writeFile(TEXT_FORMATS[format].header(columns));
    return new TextFile(file, format, columns);
  }

  async write(rows: readonly ExportRow[]): Promise<void> {
    const { line } = TEXT_FORMATS[this.format];
    // From where the file stands: a handle's writeFile goes on, it does not begin anew.
    await this.file.writeFile(rows.map((row) => line(this.columns, row)).join(''));
  }

  async finish(): Promise<void> {
    await this.file.sync();
    await this.file.close();
  }

  abandon(): Promise<void> {
    return this.file.close();
  }
}
