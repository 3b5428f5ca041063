import { contactStream, hasWithdrawn, type ContactState } from '../contacts/contact.js';
import type { FactRef } from '../decider/decision.js';
import { contactFold } from './folds.js';
import type { LoadedStream } from './loaded-stream.js';
import type { StreamCommands } from './stream-commands.js';

/**
 * The contact that a contact was merged into, through all merges; itself where it was not. Of contacts that were merged
 * into each other at the same moment, the one with the least id, so that all of them are still one person.
 */
export async function survivorOf(commands: StreamCommands, contact: string): Promise<string> {
  return (await mergesOf(commands, contact)).survivor;
}

/** The same with every contact's stream that was read on the way, the survivor's among them. */
async function mergesOf(commands: StreamCommands, contact: string) {
  const read = new Map<string, LoadedStream<ContactState>>();
  for (let id = contact; ;) {
    const loaded = await commands.load(contactStream(id), contactFold);
    read.set(id, loaded);
    const { mergedInto } = loaded.state;
    if (mergedInto === undefined) return { survivor: id, read };
    if (read.has(mergedInto)) {
      const passed = [...read.keys()];
      return { survivor: passed.slice(passed.indexOf(mergedInto)).toSorted()[0] ?? mergedInto, read };
    }
    id = mergedInto;
  }
}

/** What decisions ask of the person behind a lead. */
export interface Person {
  readonly consentWithdrawn: boolean;
  readonly erased: boolean;
  /** the contacts' streams as they were read; those that nothing but the registration stands in tell nothing */
  readonly refs: readonly FactRef[];
}

/** Whoever withdrew consent or was erased under one of their contacts did so as a person. */
export async function personBehind(commands: StreamCommands, contact: string): Promise<Person> {
  const { survivor, read: loaded } = await mergesOf(commands, contact);
  const read = [...loaded]
    .filter(([id]) => id === contact || id === survivor)
    .map(([id, { state, revision }]) => ({
      state,
      ref: { name: 'contact', stream: contactStream(id), revision },
    }));
  return {
    consentWithdrawn: read.some(({ state }) => hasWithdrawn(state)),
    erased: read.some(({ state }) => state.erased),
    refs: read.map(({ ref }) => ref).filter(({ revision }) => revision > 0),
  };
}
