import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../decider/json.js';
import { schemaUri } from './cloud-event.js';

export const PUBLISHED = join(import.meta.dirname, '../../docs/published-schemas');

export const publishedSchemas = (): readonly JsonObject[] =>
  readdirSync(PUBLISHED).map((file) => JSON.parse(readFileSync(join(PUBLISHED, file), 'utf8')) as JsonObject);

interface Stored {
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

/** What is wrong with an event by the schema that was published for its type, each with its path; none where it is one. */
export function publishedValidator(schemas = publishedSchemas()): (event: Stored) => readonly string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true, keywords: ['x-sealed'] });
  addFormats.default(ajv);
  ajv.addSchema([...schemas]);
  return ({ type, data, metadata }) => {
    const check = ajv.getSchema(schemaUri(type));
    if (!check) return [`${type} is not published`];
    if (check({ data, metadata })) return [];
    return (check.errors ?? []).map(({ instancePath, message }) => `${type} ${instancePath} ${message}`);
  };
}
