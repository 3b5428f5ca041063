import type { Act } from './act.js';

export interface Appointment {
  /** ms since the epoch */
  readonly at: number;
  /** what is done then; nothing where the lead has moved on meanwhile */
  readonly act: () => Act | undefined;
}

interface Noted extends Appointment {
  readonly order: number;
}

const isBefore = (a: Noted, b: Noted): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What is to come, the earliest first; of the same time, what was noted first (a binary heap). */
export class Agenda {
  readonly #heap: Noted[] = [];
  #noted = 0;

  note(appointment: Appointment): void {
    const noted = { ...appointment, order: this.#noted++ };
    let index = this.#heap.push(noted) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || isBefore(above, noted)) break;
      this.#heap[index] = above;
      index = parent;
    }
    this.#heap[index] = noted;
  }

  /** Takes the next one off; undefined where nothing is left. */
  next(): Appointment | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(noted: Noted): void {
    let index = 0;
    for (;;) {
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || isBefore(noted, child)) break;
      this.#heap[index] = child;
      index = 2 * index + (child === left ? 1 : 2);
    }
    this.#heap[index] = noted;
  }
}
