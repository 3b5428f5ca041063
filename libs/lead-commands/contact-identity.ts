import { contactStream } from '../contacts/contact.js';
import { contactFold } from './folds.js';
import type { StreamCommands } from './stream-commands.js';

const MOST_MERGES = 16;

/** The contact that a contact was merged into, through all merges; itself where it was not. */
export async function survivorOf(commands: StreamCommands, contact: string): Promise<string> {
  let id = contact;
  for (let hops = 0; hops < MOST_MERGES; hops += 1) {
    const { state } = await commands.load(contactStream(id), contactFold);
    if (state.mergedInto === undefined) return id;
    id = state.mergedInto;
  }
  return id;
}
