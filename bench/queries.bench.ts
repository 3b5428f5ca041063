import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import { fillWithDemo } from './demo-copies.js';
import type { BenchFigure } from './figure.js';
import { LineProcess } from './line-process.js';
import { rebuilt } from './rebuilt-views.js';
import { timedQueries, type Timed } from './timed-queries.js';
import { viewQueries } from './view-queries.js';

/** BATON_BENCH_LEADS=100000 for the full measure, which takes some five minutes. */
const LEADS = Number(process.env['BATON_BENCH_LEADS'] ?? 20_000);
const REQUESTS = 50;
const WORST = 5;
const DAY_MS = 86_400_000;
const HALF_A_QUARTER_DAYS = 45;
/** Of 50 leads each: the server remembers 4,000 leads of which it was asked as of a time. */
const PAGES_OF_THEN = 100;
const TOKEN_SECONDS = 3_600;

interface Page {
  readonly leads: readonly { readonly lead: string }[];
  readonly next?: string;
}

/** Every query of the views over HTTP, one at a time, on a history of all that the demo knows. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    const { leads, events } = await fillWithDemo(directory, LEADS);
    await rebuilt(directory, join(directory, 'views.sqlite'));
    const timed = await measured(directory);
    const worst = timed.toSorted((a, b) => b.p99 - a.p99);
    const note = `${leads} leads, ${events} events; ${timed.length} queries`;
    return worst.slice(0, WORST).map(({ name, median, p99, requests }, at) => ({
      name: `query p99, ${at === 0 ? 'the slowest' : `slowest but ${at}`}: ${name}`,
      value: p99,
      unit: 'ms',
      must: 50,
      better: 'lower' as const,
      note: `median ${median.toFixed(1)} ms of ${requests}; ${note}`,
    }));
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function measured(directory: string): Promise<Timed[]> {
  const issuer = await DevTokenIssuer.open(devKeyFile(directory), Date.now);
  const tokenOf = (subject: string, role: 'analyst' | 'marketing' | 'sales') =>
    issuer.issue({ subject, roles: [role], lifetimeSeconds: TOKEN_SECONDS });
  const tokens = {
    analyst: await tokenOf('ana', 'analyst'),
    marketing: await tokenOf('maria', 'marketing'),
    sales: await tokenOf('sven', 'sales'),
  };
  const server = new LineProcess(join(import.meta.dirname, 'baton-server.js'), ['sqlite', directory]);
  try {
    const { url } = await server.hear<{ url: string }>();
    const read = async (path: string): Promise<Page> => {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${tokens.analyst}` } });
      return (await answer.json()) as Page;
    };
    const page = await read('/leads?limit=100');
    const middle = new Date(Date.now() - HALF_A_QUARTER_DAYS * DAY_MS).toISOString();
    const pagesOfThen = await pathsOfPages(read, `/leads?asOf=${middle}&limit=50`);
    const asked = { tokens, leads: page.leads.map(({ lead }) => lead), middle, pagesOfThen };
    return await timedQueries(url, viewQueries(asked), REQUESTS);
  } finally {
    await server.stop();
  }
}

async function pathsOfPages(read: (path: string) => Promise<Page>, first: string): Promise<readonly string[]> {
  const paths = [first];
  while (paths.length < PAGES_OF_THEN) {
    const { next } = await read(paths.at(-1) ?? first);
    if (next === undefined) break;
    paths.push(`${first}&cursor=${next}`);
  }
  return paths;
}
