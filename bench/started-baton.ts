import { join } from 'node:path';
import { LineProcess } from './line-process.js';

const MAIN = join(import.meta.dirname, '../bundle/baton.js');

/** What `npm start` runs, on a folder, without a rate limit; once it listens. To be stopped by SIGTERM. */
export async function startBaton(dataDir: string): Promise<{ readonly server: LineProcess; readonly url: string }> {
  const server = new LineProcess(MAIN, [], { BATON_DATA: dataDir, BATON_PORT: '0', BATON_RATE_LIMIT: '1000000' });
  for (;;) {
    const { msg, url } = await server.hear<{ msg: string; url?: string }>();
    if (msg === 'listening' && url !== undefined) return { server, url };
  }
}
