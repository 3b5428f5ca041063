import type { JsonObject } from '../../libs/decider/json.js';
import type { ApiAnswer } from '../../libs/lead-import/baton-api.js';
import { CommandFailed, EXIT } from './exit-codes.js';

/** @throws CommandFailed where the server refused: it then did nothing */
export function answered(answer: ApiAnswer): JsonObject {
  if (answer.ok) return answer.body;
  throw new CommandFailed(EXIT.unusableInput, answer.problem.detail);
}
