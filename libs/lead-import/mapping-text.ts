import { parseDocument } from 'yaml';
import { checkMapping, type Mapping } from './mapping.js';

const LONGEST_MAPPING = 1_000_000;

export class MappingRefused extends Error {
  override name = 'MappingRefused';
}

/**
 * The mapping that a YAML text describes.
 *
 * @throws MappingRefused naming the line, or the field and the rule it breaks
 */
export function parseMapping(yaml: string): Mapping {
  if (yaml.length > LONGEST_MAPPING) throw new MappingRefused(`a mapping has at most ${LONGEST_MAPPING} characters`);
  const document = parseDocument(yaml, { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new MappingRefused(error.message.split('\n')[0] ?? 'is not YAML');
  const checked = checkMapping(valueOf(document));
  if (!checked.ok) throw new MappingRefused(checked.problem);
  return checked.mapping;
}

function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    // A mapping needs no aliases; a few of them can blow up to gigabytes.
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new MappingRefused('a mapping may not use YAML aliases');
  }
}
