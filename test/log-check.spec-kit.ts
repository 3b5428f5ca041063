import { metadataOf } from '../libs/contracts/event-metadata.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';

/** V1: each stream's revisions are 0 to n, without gap or duplicate, in commit order. Gives the first that is not. */
export function brokenStream(events: readonly RecordedEvent[]): string | undefined {
  const next = new Map<string, number>();
  for (const { stream, revision } of events) {
    const expected = next.get(stream) ?? 0;
    if (revision !== expected) return `${stream} has ${revision} where ${expected} should be`;
    next.set(stream, revision + 1);
  }
  return undefined;
}

/** A command as its client saw it end; `undefined`: it never heard. */
export interface Heard {
  readonly status: number | undefined;
  /** ids of the events that the answer named */
  readonly events: readonly string[];
}

/**
 * V2: the events that a 2xx named are in the log, all of one command, exactly once; of commands that nobody heard of,
 * nothing or everything. `written`: how many commands of these clients there are in the log at most.
 */
export function brokenCommand(events: readonly RecordedEvent[], heard: readonly Heard[]): string | undefined {
  const byId = new Map<string, RecordedEvent>();
  for (const event of events) {
    if (byId.has(event.id)) return `event ${event.id} is there twice`;
    byId.set(event.id, event);
  }
  const answered = new Map<string, string>();
  for (const { status, events: named } of heard) {
    if (status === undefined || status >= 300) {
      if (named.length > 0) return `a refusal (${status}) named events`;
      continue;
    }
    const commands = new Set(named.map((id) => byId.get(id) && metadataOf(byId.get(id)!).commandId));
    if (commands.has(undefined)) return 'an event that an answer named is not in the log';
    if (commands.size !== 1) return `one command's events belong to ${commands.size}`;
    const [commandId = ''] = commands as Set<string>;
    const names = named.join();
    if ((answered.get(commandId) ?? names) !== names) return `command ${commandId} was answered with different events`;
    answered.set(commandId, names);
  }
  return undefined;
}

/** How many commands wrote to streams of a category. */
export const commandsOn = (events: readonly RecordedEvent[], category: string): Set<string> =>
  new Set(events.filter(({ stream }) => stream.startsWith(`${category}-`)).map((event) => metadataOf(event).commandId));
