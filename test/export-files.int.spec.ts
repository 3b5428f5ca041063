import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../apps/cli/program.js';
import { runProgram } from '../apps/cli/run-program.js';
import { DATASETS } from '../libs/exports/dataset.js';
import type { ExportRow } from '../libs/exports/export-column.js';
import type { ExportSchema } from '../libs/exports/export-schema.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, reached } from './lead-life.spec-kit.js';
import { formTeams, goodLead, newLead, signPolicy } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

const CANARY = { name: 'Kanarie Vogel', email: 'kanarie.vogel@example.org' };

let baton: TestBaton;
let folder: string;
let duck: DuckDBConnection;
const at = (file: string) => join(folder, file);

/** `baton export` in this process, over real HTTP; its exit code. */
async function batonExport(as: 'analyst' | 'privacy' | 'sales', ...args: string[]): Promise<number> {
  const token = await baton.issuer.issue({ subject: `cli-${as}`, roles: [as], lifetimeSeconds: 600 });
  return runProgram(program(), ['node', 'baton', 'export', ...args, '--url', baton.url, '--token', token]);
}

beforeAll(async () => {
  baton = await startBaton();
  folder = await mkdtemp(join(tmpdir(), 'baton-export-'));
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const life = new LeadLife(baton);
  const { lead } = await life.create(goodLead({ details: CANARY }));
  const { offeree } = await reached(baton, lead, 'offered');
  const worker = baton.as(offeree!.person!);
  await worker.done(`/leads/${lead}/accept`);
  await worker.done(`/leads/${lead}/lose`, { reason: 'price.too-high', rating: 4 });
  await life.create(newLead({ topic: 'cranes', source: 'email' }));
  await until(
    () => baton.as('ana').read<{ leads: { state: string }[] }>('/leads'),
    ({ leads }) => leads.length === 2 && leads.some(({ state }) => state === 'lost'),
    'views with all of it',
  );
  const instance = await DuckDBInstance.create(':memory:', { file_search_path: folder });
  duck = await instance.connect();
  for (const name of DATASETS) expect(await batonExport('analyst', name, '--out', at(`${name}.parquet`))).toBe(0);
});
afterAll(async () => {
  duck.closeSync();
  await rm(folder, { recursive: true });
  await baton.stop();
});

const select = async (sql: string) => (await duck.runAndReadAll(sql)).getRowObjectsJson();

describe('A Parquet file', () => {
  it.each(DATASETS)('has the rows of the stream, in the types of its schema: %s', async (name) => {
    const { columns } = JSON.parse(await readFile(at(`${name}.parquet.schema.json`), 'utf8')) as ExportSchema;
    const described = await select(`DESCRIBE SELECT * FROM '${name}.parquet'`);
    const types = {
      text: 'VARCHAR',
      json: 'VARCHAR',
      integer: 'INTEGER',
      flag: 'BOOLEAN',
      time: 'TIMESTAMP WITH TIME ZONE',
    };
    expect(described.map((column) => [column['column_name'], column['column_type']])).toEqual(
      columns.map((column) => [column.name, expect.stringContaining(types[column.type].split(' ')[0]!) as string]),
    );
    const { text } = await baton.as('ana').get(`/exports/${name}`);
    const streamed = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ExportRow);
    const times = columns.filter(({ type }) => type === 'time').map((column) => column.name);
    const exact = times.map((time) => `epoch_ms(${time})::BIGINT AS ${time}`).join(', ');
    const rows = await select(`SELECT * REPLACE (${exact}) FROM '${name}.parquet'`);
    const inMs = (row: ExportRow) =>
      Object.fromEntries(
        Object.entries(row).map(([key, cell]) => [
          key,
          times.includes(key) && cell !== null ? String(Date.parse(cell as string)) : cell,
        ]),
      );
    expect(rows).toEqual(streamed.map(inMs));
  });

  it('answers every query of the document', async () => {
    const text = await readFile(new URL('../docs/analysts.md', import.meta.url), 'utf8');
    const queries = [...text.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql]) => sql!);
    expect(queries).toHaveLength(4);
    const [conversion, waiting, states, losses] = await Promise.all(queries.map(select));
    expect(conversion!.map(({ source, leads, won }) => ({ source, leads, won }))).toEqual([
      { source: 'email', leads: '1', won: '0' },
      { source: 'organic_search', leads: '1', won: '0' },
    ]);
    expect(waiting).toEqual([{ team: 'north-sales', accepted: '1', hours: expect.any(Number) as number }]);
    expect(states).toEqual([
      { state: 'captured', leads: '1' },
      { state: 'lost', leads: '1' },
    ]);
    expect(losses).toEqual([{ reason_code: 'price.too-high', fault_domain: expect.any(String) as string, lost: '1' }]);
  });
});

describe('baton export', () => {
  it.each(['ndjson', 'csv'])('writes what the server streams: %s', async (format) => {
    for (const name of DATASETS) {
      expect(await batonExport('analyst', name, '--out', at(`${name}.${format}`))).toBe(0);
      const { text } = await baton.as('ana').get(`/exports/${name}?format=${format}`);
      expect(await readFile(at(`${name}.${format}`), 'utf8')).toBe(text);
    }
  });

  it('has the person behind a lead only with the flag, by privacy', async () => {
    for (const name of ['leads', 'events']) {
      const [plain, personal] = [at(`plain-${name}.parquet`), at(`personal-${name}.parquet`)];
      expect(await batonExport('privacy', name, '--out', plain)).toBe(0);
      expect(await batonExport('privacy', name, '--out', personal, '--with-personal-data')).toBe(0);
      expect(JSON.stringify(await select(`SELECT * FROM '${plain}'`))).not.toMatch(/kanarie/i);
      const columns = (await select(`DESCRIBE SELECT * FROM '${plain}'`)).map((column) => column['column_name']);
      expect(columns).not.toContain('personal_status');
      expect(JSON.stringify(await select(`SELECT * FROM '${personal}'`))).toContain(CANARY.email);
    }
    expect(await batonExport('analyst', 'leads', '--out', at('none.parquet'), '--with-personal-data')).toBe(5);
    expect(await batonExport('sales', 'leads', '--out', at('none.parquet'))).toBe(5);
    expect((await readdir(folder)).filter((file) => file.startsWith('none'))).toEqual([]);
  });
});

describe('A server that breaks off', () => {
  let server: Server;
  beforeAll(async () => {
    const schema = await baton.as('ana').get('/exports/leads/schema');
    const rows = await baton.as('ana').get('/exports/leads');
    server = createServer((request, response) => {
      if (request.url?.includes('/schema')) {
        response.setHeader('content-type', 'application/json').end(schema.text);
        return;
      }
      response.write(rows.text.slice(0, -20), () => response.destroy());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  it.each(['parquet', 'csv', 'ndjson'])('leaves no file that could be taken for a whole one: %s', async (format) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const out = at(`broken.${format}`);
    const argv = ['node', 'baton', 'export', 'leads', '--format', format, '--out', out, '--url', url, '--token', 'x'];
    expect(await runProgram(program(), argv)).toBe(1);
    expect((await readdir(folder)).filter((file) => file.startsWith('broken'))).toEqual([]);
  });
});
