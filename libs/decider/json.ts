/** A JSON value, as it stands in an event. `undefined`, bigint and dates are not JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
