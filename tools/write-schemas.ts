import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApi } from '../libs/contracts/asyncapi.js';
import { eventSchemas } from '../libs/contracts/event-schemas.js';

/**
 * Writes what services are told of the events: `node dist/tools/write-schemas.js FOLDER` makes `FOLDER/schemas/` anew, a
 * file for each type and version, and `FOLDER/asyncapi.json`.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: write-schemas FOLDER');
const write = (path: string, value: object): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
const schemas = join(folder, 'schemas');
rmSync(schemas, { recursive: true, force: true });
mkdirSync(schemas, { recursive: true });
for (const [name, schema] of eventSchemas()) write(join(schemas, `${name}.json`), schema);
write(join(folder, 'asyncapi.json'), asyncApi());
