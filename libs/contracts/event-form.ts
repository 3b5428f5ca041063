import type { JsonObject } from '../decider/json.js';
import type { Shape } from '../shape/shape.js';

/** A shape of an object, whose fields can be looked at. */
export type RecordShape = Shape<object> & { readonly fields: Readonly<Record<string, Shape<unknown>>> };

export const CATEGORIES = ['lead', 'contact', 'team', 'policy', 'agreement', 'projection', 'log'] as const;
/** What stands before the hyphen in the name of the streams that an event is in. */
export type Category = (typeof CATEGORIES)[number];

/** One version of an event type: what is stored under `<name>.v<version>`, and published under that name. */
export interface EventForm {
  readonly name: string;
  /** from 1 */
  readonly version: number;
  readonly category: Category;
  /** without the nonce and the sealed part, which the writer adds */
  readonly data: RecordShape;
  /** what stands only in the sealed part, where there is one */
  readonly personal?: RecordShape;
  readonly metadata: 'event-metadata' | 'decision-metadata';
}

/** A version that is written no more but stands in old logs: never removed, or they could not be read. */
export interface RetiredForm extends EventForm {
  /** The data as the next version has it. Pure; what stands sealed stays as it was sealed. */
  readonly up: (data: JsonObject) => JsonObject;
}

export const storedAs = ({ name, version }: Pick<EventForm, 'name' | 'version'>): string => `${name}.v${version}`;
