import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonObject } from '../libs/decider/json.js';
import { eventSchemas } from '../libs/contracts/event-schemas.js';
import { checkContracts, type Schemas } from '../libs/contracts/published-schemas.js';

/**
 * Holds the event schemas that the code makes against those that were published: `node dist/tools/check-contracts.js
 * FOLDER`. Exit 1 where a published version was changed so that it breaks readers, or something is not published yet;
 * with `--publish` the latter is written to the folder, the former never.
 */
const [folder, option] = process.argv.slice(2);
if (folder === undefined || (option !== undefined && option !== '--publish')) {
  throw new Error('usage: check-contracts FOLDER [--publish]');
}
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const generated = eventSchemas();
const { refused, unpublished } = checkContracts(publishedIn(folder), generated);

if (refused.length > 0) {
  for (const line of refused) say(line);
  say('A published version must stay as it is: give the type a new version (libs/contracts/event-forms.ts).');
  process.exitCode = 1;
} else if (option === '--publish') {
  mkdirSync(folder, { recursive: true });
  for (const name of unpublished) {
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(generated.get(name), null, 2)}\n`);
  }
  say(`${generated.size} schemas are published, ${unpublished.length} of them now`);
} else if (unpublished.length > 0) {
  for (const name of unpublished) say(`${name}: is not published as it is now: npm run contracts:publish`);
  process.exitCode = 1;
} else {
  say(`${generated.size} published schemas hold`);
}

function publishedIn(place: string): Schemas {
  const files = existsSync(place) ? readdirSync(place).filter((file) => file.endsWith('.json')) : [];
  return new Map(
    files.map((file) => [basename(file, '.json'), JSON.parse(readFileSync(join(place, file), 'utf8')) as JsonObject]),
  );
}
