import { allows, LEAVES, type Leaf } from '../fold-table.js';
import { EVENT_OF, LEAD_COMMANDS, type LeadCommandKind } from '../lead-commands.js';

const ALLOWED: ReadonlyMap<Leaf, readonly LeadCommandKind[]> = new Map(
  LEAVES.map((leaf) => [leaf, LEAD_COMMANDS.filter((kind) => EVENT_OF[kind].some((type) => allows(leaf, type)))]),
);

/** The commands that a state allows, whoever asks: what a refusal lists and a timeline offers. */
export const allowedCommands = (leaf: Leaf): readonly LeadCommandKind[] => ALLOWED.get(leaf) ?? [];
