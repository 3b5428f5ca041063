import { createWriteStream, type WriteStream } from 'node:fs';
import { basename } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { reportFormatOf, reportHeader, reportLine, type ReportFormat } from '../../libs/lead-import/report-line.js';
import type { Verdict } from '../../libs/lead-import/verdict.js';

/** Beside the caller, not beside the file: that folder may be read only. */
export const defaultReport = (file: string): string => `${basename(file)}.report.ndjson`;

/** The report of one import: a line per row. */
export class ReportFile {
  private constructor(
    private readonly stream: WriteStream,
    private readonly format: ReportFormat,
  ) {}

  /** @throws Error of the file system, before the first row is sent */
  static async create(file: string): Promise<ReportFile> {
    const stream = createWriteStream(file, { mode: 0o600 });
    await once(stream, 'open');
    const format = reportFormatOf(file);
    stream.write(reportHeader(format));
    return new ReportFile(stream, format);
  }

  async add(verdict: Verdict): Promise<void> {
    if (!this.stream.write(reportLine(verdict, this.format))) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    this.stream.end();
    await finished(this.stream);
  }
}
