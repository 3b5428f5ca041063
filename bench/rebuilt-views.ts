import { join } from 'node:path';
import { CommandServices } from './command-services.js';
import { copyLeads } from './lead-copies.js';
import { LineProcess } from './line-process.js';

export interface Rebuilt {
  readonly seconds: number;
  readonly megabytes: number;
}

/**
 * Events of so many leads and their contacts in the folder's store.
 *
 * @returns how many events there are
 */
export async function fillStore(directory: string, leads: number): Promise<number> {
  const services = await CommandServices.open(directory);
  const history = await services.typicalHistory();
  await copyLeads(services.store, history, leads, { withContacts: true });
  const events = Number(await services.store.head());
  await services.close();
  return events;
}

/** All views of the folder's events from nothing to live, in a process of their own. */
export async function rebuilt(directory: string, ...database: readonly string[]): Promise<Rebuilt> {
  const process = new LineProcess(join(import.meta.dirname, 'rebuild-process.js'), [directory, ...database]);
  const said = await process.hear<Rebuilt>();
  await process.stop();
  return said;
}
