/** Deeper than any event of ours; the walk and JSON.stringify are recursive, so there must be a bound. */
export const MOST_JSON_DEPTH = 64;

/**
 * Refuses what JSON.stringify would drop or change without a word: NaN, bigint, dates, maps, functions, `undefined`
 * in a list. `undefined` as a property's value is allowed; the property is then not stored.
 *
 * @param where names the value in the error, which never repeats the value itself
 * @throws TypeError naming the first place that is not JSON
 */
export function assertJson(value: unknown, where: string, depth = 0): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw new TypeError(`${where} is not a finite number`);
    case 'object':
      if (value === null) return;
      if (depth >= MOST_JSON_DEPTH) throw new TypeError(`${where} is nested deeper than ${MOST_JSON_DEPTH} levels`);
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) assertJson(value[index], `${where}[]`, depth + 1);
        return;
      }
      return assertJsonObject(value, where, depth);
    default:
      throw new TypeError(`${where} is a ${typeof value}, which JSON cannot hold`);
  }
}

function assertJsonObject(value: object, where: string, depth: number): void {
  // Object.prototype.toString rather than instanceof: a value may come from another realm (a worker, a test's context).
  if (
    Object.prototype.toString.call(value) !== '[object Object]' ||
    typeof (value as { toJSON?: unknown }).toJSON === 'function'
  )
    throw new TypeError(`${where} is not a plain object`);
  for (const key in value) {
    const child = (value as Record<string, unknown>)[key];
    if (child !== undefined && child !== null && typeof child !== 'string' && typeof child !== 'boolean')
      assertJson(child, where, depth + 1);
  }
}
