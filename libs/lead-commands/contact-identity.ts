import { contactStream, hasWithdrawn } from '../contacts/contact.js';
import type { FactRef } from '../decider/decision.js';
import { contactFold } from './folds.js';
import type { StreamCommands } from './stream-commands.js';

/**
 * The contact that a contact was merged into, through all merges; itself where it was not. Of contacts that were merged
 * into each other at the same moment, the one with the least id, so that all of them are still one person.
 */
export async function survivorOf(commands: StreamCommands, contact: string): Promise<string> {
  const passed: string[] = [];
  for (let id = contact; ;) {
    if (passed.includes(id)) return passed.slice(passed.indexOf(id)).toSorted()[0] ?? id;
    passed.push(id);
    const { state } = await commands.load(contactStream(id), contactFold);
    if (state.mergedInto === undefined) return id;
    id = state.mergedInto;
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
  const survivor = await survivorOf(commands, contact);
  const read = await Promise.all(
    [...new Set([contact, survivor])].map(async (id) => {
      const { state, revision } = await commands.load(contactStream(id), contactFold);
      return { state, ref: { name: 'contact', stream: contactStream(id), revision } };
    }),
  );
  return {
    consentWithdrawn: read.some(({ state }) => hasWithdrawn(state)),
    erased: read.some(({ state }) => state.erased),
    refs: read.map(({ ref }) => ref).filter(({ revision }) => revision > 0),
  };
}
