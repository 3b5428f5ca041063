import type { JsonObject } from '../decider/json.js';
import type { NewEvent } from './event-store.js';

/** JSON texts of what an event says. */
export interface EventTexts {
  readonly data: string;
  readonly metadata: string;
}

/**
 * An event whose maker had to write its JSON anyway: those texts are stored, and must say what the objects say, as
 * canonicalJson has it. A copy with another member (`{ ...event, data }`) is a plain event, whose JSON is made anew.
 */
export class ReadyEvent implements NewEvent {
  readonly #texts: EventTexts;

  constructor(
    readonly id: string,
    readonly type: string,
    readonly data: JsonObject,
    readonly metadata: JsonObject,
    texts: EventTexts,
  ) {
    this.#texts = texts;
  }

  get texts(): EventTexts {
    return this.#texts;
  }
}
