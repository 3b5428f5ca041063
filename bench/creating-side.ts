import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonApi } from './baton-api.js';
import { CreatingClient } from './create-requests.js';
import { LineProcess } from './line-process.js';

const CONNECTIONS = 50;
/** Creates in a round. */
export const CREATES = 2_000;

/** A server in a process of its own, in which a client creates leads. */
export interface Side {
  readonly process: LineProcess;
  /** seconds for a round of creates; what the server still does afterwards is waited for and not counted */
  round(): Promise<number>;
}

/** @param kind of baton-server.ts */
export async function batonSide(kind: string, dataDir: string): Promise<Side> {
  await mkdir(dataDir, { mode: 0o700 });
  const process = new LineProcess(join(import.meta.dirname, 'baton-server.js'), [kind, dataDir]);
  const { url } = await process.hear<{ url: string }>();
  const api = await BatonApi.of(url, dataDir);
  await api.agree();
  const client = clientOf(url, await api.tokenOf('form'));
  const round = async (): Promise<number> => {
    const { seconds, last } = await client.create(CREATES);
    const { lead, revision } = JSON.parse(last.body) as { lead: string; revision: number };
    await api.whenSeen(lead, revision);
    if (kind === 'sqlite') await api.whenSealed(lead, revision);
    return seconds;
  };
  return { process, round };
}

export const clientOf = (url: string, token?: string): CreatingClient => new CreatingClient(url, CONNECTIONS, token);
