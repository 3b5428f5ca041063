import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batonSide, clientOf, CREATES, type Side } from './creating-side.js';
import { median, type BenchFigure, type SkippedFigure } from './figure.js';
import { peersInstalled, startPeer, withoutPeers } from './peers.js';

const ROUNDS = 7;
const NAME = 'POST create over HTTP, durable, sealed, scored, authenticated, 50 connections';
const AGAINST_PEER = `${NAME}, against emmett-expressjs on PostgreSQL doing the same`;
const AGAINST_BARE = `${NAME}, against emmett-expressjs on PostgreSQL neither sealing nor authenticating`;
const AGAINST_MEMORY = `${NAME}, against the same with its stores in memory`;

/** Baton against two others; the sides take turns, so that the machine's mood is the same for all. */
export async function run(): Promise<(BenchFigure | SkippedFigure)[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const sides: Side[] = [];
  try {
    for (const stores of ['sqlite', 'memory'] as const) sides.push(await batonSide(stores, join(directory, stores)));
    if (peersInstalled()) sides.push(await peerSide('complete'), await peerSide());
    const seconds: number[][] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const row: number[] = [];
      for (const side of sides) row.push(await side.round());
      // The first warms up.
      if (round > 0) seconds.push(row);
    }
    const againstMemory = figureOf(AGAINST_MEMORY, seconds, 1, { unit: 'ratio', must: 0.5, aim: 0.8 });
    if (!peersInstalled()) return [withoutPeers(AGAINST_PEER), withoutPeers(AGAINST_BARE), againstMemory];
    const bounds = { unit: '×', must: 3, aim: 6 };
    return [figureOf(AGAINST_PEER, seconds, 2, bounds), figureOf(AGAINST_BARE, seconds, 3, bounds), againstMemory];
  } finally {
    for (const { process } of sides) await process.stop();
    await rm(directory, { recursive: true });
  }
}

async function peerSide(...words: string[]): Promise<Side> {
  const process = startPeer('leads-api', ...words);
  const { url, token } = await process.hear<{ url: string; token?: string }>();
  const client = clientOf(url, token);
  return { process, round: async () => (await client.create(CREATES)).seconds };
}

function figureOf(
  name: string,
  seconds: readonly (readonly number[])[],
  column: number,
  bounds: Pick<BenchFigure, 'unit' | 'must' | 'aim'>,
): BenchFigure {
  const of = (row: readonly number[], at: number): number => row[at] ?? NaN;
  const rate = (at: number): string => `${Math.round(CREATES / median(seconds.map((row) => of(row, at))))}/s`;
  const value = median(seconds.map((row) => of(row, column) / of(row, 0)));
  return { name, value, ...bounds, better: 'higher', note: `${rate(0)} against ${rate(column)}` };
}
