// How the cells of an event are read from it as it is stored. Plain JavaScript, because the threads that write Parquet
// read by it too.

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {Readonly<Record<string, unknown>>} Fields */
/**
 * `open`: the data without nonce and sealed part, where somebody has it already.
 * @typedef {{ id: string, type: string, stream: string, revision: number, data: Fields, metadata: Fields, open?: Fields }} StoredEvent
 */
/**
 * Where a cell comes from. `source`: the way through the event's fields, with dots. `as`: what is made of what stands
 * there; as it is, without. `absent`: the cell where nothing stands there; null, without.
 * @typedef {{ source: string, as?: 'kind' | 'key' | 'name' | 'open' | 'number', absent?: Cell }} CellSource
 */

/** Fields of an event's data that stand in no export: what keeps hashes from being guessed, and what is sealed. */
export const HIDDEN = ['nonce', 'pii'];

/**
 * @param {CellSource} from
 * @param {ReadonlyMap<string, string>} names of the stored types, without their versions
 * @returns {(event: StoredEvent) => Cell}
 */
export function cellReader({ source, as, absent = null }, names) {
  const found = finder(source.split('.'));
  if (as === 'kind') return ({ stream }) => stream.slice(0, stream.indexOf('-'));
  if (as === 'key') return ({ stream }) => stream.slice(stream.indexOf('-') + 1);
  if (as === 'name') return ({ type }) => names.get(type) ?? type;
  if (as === 'open') return ({ data, open }) => JSON.stringify(open ?? { ...data, nonce: undefined, pii: undefined });
  if (as === 'number') {
    return (event) => {
      const value = found(event);
      return typeof value === 'number' ? value : null;
    };
  }
  return (event) => /** @type {Cell | undefined} */ (found(event)) ?? absent;
}

/**
 * By the number of steps: a loop over them would take twice as long.
 * @param {readonly string[]} path
 * @returns {(event: StoredEvent) => unknown}
 */
function finder([first = '', second = '', third = '', fourth = '', ...more]) {
  if (more.length > 0) throw new RangeError('a cell lies at most four fields deep');
  /** @type {(of: unknown, name: string) => unknown} */
  const step = (of, name) => (of === undefined || of === null ? undefined : /** @type {Fields} */ (of)[name]);
  if (second === '') return (event) => step(event, first);
  if (third === '') return (event) => step(step(event, first), second);
  if (fourth === '') return (event) => step(step(step(event, first), second), third);
  return (event) => step(step(step(step(event, first), second), third), fourth);
}
