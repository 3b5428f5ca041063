import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const KIT = fileURLToPath(new URL('../../../test/eventstoredb/eventstoredb-double.spec-kit.ts', import.meta.url));
const BUILT = fileURLToPath(new URL('./event-store-double.mjs', import.meta.url));

interface Double {
  readonly address: string;
  stop(): void;
}

/**
 * The tests' stand-in for an EventStoreDB, in this process: it speaks the same over the wire and holds all in memory. So
 * the separate services can be tried where there is no such server.
 */
export async function startStoreInMemory(): Promise<Double> {
  await build({
    entryPoints: [KIT],
    outfile: BUILT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const { EventStoreDbDouble } = (await import(pathToFileURL(BUILT).href)) as {
    readonly EventStoreDbDouble: { start(): Promise<Double> };
  };
  return EventStoreDbDouble.start();
}
