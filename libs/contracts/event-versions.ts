import type { JsonObject } from '../decider/json.js';
import { storedAs, type EventForm, type RetiredForm } from './event-form.js';

type Up = (data: JsonObject) => JsonObject;
interface Known {
  readonly name: string;
  /** undefined where it is the version of today */
  readonly up: Up | undefined;
}

/** What a stored event says, in the words of today's version of its type. */
export interface ReadEvent {
  readonly name: string;
  readonly data: JsonObject;
}

/** Reads events of every version that was ever published as those of today: old ones go up version by version. */
export class EventVersions {
  readonly #known: ReadonlyMap<string, Known>;

  /** @throws TypeError where a type has two current forms, or its versions do not lead from 1 to the current one */
  constructor(current: readonly EventForm[], retired: readonly RetiredForm[]) {
    const known = new Map<string, Known>();
    for (const form of current) {
      const { name, version } = form;
      if (known.has(storedAs(form))) throw new TypeError(`${storedAs(form)} is there twice`);
      known.set(storedAs(form), { name, up: undefined });
      let up: Up | undefined;
      for (let older = version - 1; older >= 1; older -= 1) {
        const step = retired.find((one) => one.name === name && one.version === older);
        if (step === undefined) throw new TypeError(`${name}.v${older} has no way to v${older + 1}`);
        up = after(step.up, up);
        known.set(storedAs(step), { name, up });
      }
    }
    const stray = retired.find((form) => !known.has(storedAs(form)));
    if (stray) throw new TypeError(`${storedAs(stray)} leads to no current version`);
    if (known.size !== current.length + retired.length) throw new TypeError('a retired version is there twice');
    this.#known = known;
  }

  /** The name of each stored type, without its version. */
  get names(): ReadonlyMap<string, string> {
    return new Map([...this.#known].map(([stored, { name }]) => [stored, name]));
  }

  knows(storedType: string): boolean {
    return this.#known.has(storedType);
  }

  /** The name without its version; undefined for a type or version that this program does not know. */
  nameOf(storedType: string): string | undefined {
    return this.#known.get(storedType)?.name;
  }

  /** Undefined for a type or version that this program does not know: what it means for its stream nobody can say. */
  read({ type, data }: { readonly type: string; readonly data: JsonObject }): ReadEvent | undefined {
    const known = this.#known.get(type);
    return known && { name: known.name, data: known.up === undefined ? data : known.up(data) };
  }
}

const after = (first: Up, then: Up | undefined): Up => (then === undefined ? first : (data) => then(first(data)));
