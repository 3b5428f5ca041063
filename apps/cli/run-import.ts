import { createReadStream } from 'node:fs';
import { access, constants, readFile } from 'node:fs/promises';
import { isoTime } from '../../libs/decider/clock.js';
import type { CsvReading } from '../../libs/lead-import/csv-rows.js';
import { importFile } from '../../libs/lead-import/import-file.js';
import { prepareTeams, TeamsRefused } from '../../libs/lead-import/import-teams.js';
import type { Mapping } from '../../libs/lead-import/mapping.js';
import { MappingRefused, parseMapping } from '../../libs/lead-import/mapping-text.js';
import { presetText } from '../../libs/lead-import/presets.js';
import { stewardedBy } from '../../libs/lead-import/steward-team.js';
import { surveyFile, type Survey } from '../../libs/lead-import/survey.js';
import { FileRefused } from '../../libs/lead-import/text-decoding.js';
import { Tally } from '../../libs/lead-import/verdict.js';
import type { HttpApi } from './http-api.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { ImportProgress } from './import-progress.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';
import { defaultReport, ReportFile } from './report-file.js';

export interface ImportOptions extends ConnectionOptions, CsvReading {
  readonly map: string;
  readonly report?: string;
  readonly dryRun: boolean;
  readonly stewardTeam?: string;
  readonly atOnce: number;
}

interface Prepared {
  readonly file: string;
  readonly mapping: Mapping;
  readonly survey: Survey;
  /** when it began, ISO 8601 UTC */
  readonly now: string;
  readonly options: ImportOptions;
}

/** `baton import`: checks everything that can be checked, then sends row by row and reports. */
export async function runImport(file: string, options: ImportOptions): Promise<void> {
  const mapping = await mappingOf(options);
  await readable(file);
  const now = isoTime(Date.now());
  const survey = await refusing(() => surveyFile(() => createReadStream(file), options, mapping, now));
  const prepared = { file, mapping, survey, now, options };
  const tally = options.dryRun
    ? await sendRows(prepared, undefined)
    : await withBaton(
        options,
        'import',
        async (api) => {
          await refusing(() => prepareTeams(api, mapping.system, mapping.teams ?? [], survey.people));
          return sendRows(prepared, api);
        },
        'begun',
      );
  process.stderr.write(`${String(tally)}; verdict per row in ${options.report ?? defaultReport(file)}\n`);
  if (tally.of('refused') > 0) process.exitCode = EXIT.rowsRefused;
}

async function mappingOf({ map, stewardTeam }: ImportOptions): Promise<Mapping> {
  const yaml = presetText(map) ?? (await textOf(map));
  try {
    const mapping = parseMapping(yaml);
    return stewardTeam === undefined ? mapping : stewardedBy(mapping, stewardTeam);
  } catch (fault) {
    if (fault instanceof MappingRefused) throw new CommandFailed(EXIT.unusableInput, `${map}: ${fault.message}`);
    throw fault;
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CommandFailed(EXIT.unusableInput, `${file} is neither a preset nor a mapping that can be read`);
  }
}

async function readable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch {
    throw new CommandFailed(EXIT.unusableInput, `${file} cannot be read`);
  }
}

async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof FileRefused || fault instanceof TeamsRefused) {
      throw new CommandFailed(EXIT.unusableInput, fault.message);
    }
    throw fault;
  }
}

async function sendRows({ file, mapping, survey, now, options }: Prepared, api: HttpApi | undefined): Promise<Tally> {
  const report = await ReportFile.create(options.report ?? defaultReport(file));
  const progress = new ImportProgress(survey.rows, process.stderr, Date.now);
  const tally = new Tally();
  const settings = { bytes: () => createReadStream(file), reading: options, mapping, now, atOnce: options.atOnce };
  try {
    for await (const verdict of importFile({ ...settings, ...(api ? { api } : {}) })) {
      await report.add(verdict);
      tally.add(verdict);
      progress.show(tally);
    }
  } finally {
    progress.stop();
    await report.close();
  }
  return tally;
}
