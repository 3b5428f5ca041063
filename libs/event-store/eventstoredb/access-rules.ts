/** Why the server was not set up; one clear line with a way out. What was done before stays, and may be done again. */
export class SetUpRefused extends Error {
  override name = 'SetUpRefused';
}

/** Who may do what by default, as the server understands it in `$settings`. */
export interface DefaultAcl {
  readonly $userStreamAcl: Acl;
  readonly $systemStreamAcl: Acl;
}

interface Acl {
  readonly $r: readonly string[];
  readonly $w: readonly string[];
  readonly $d: readonly string[];
  readonly $mr: readonly string[];
  readonly $mw: readonly string[];
}

const ADMINS = ['$admins'];

/**
 * The service's group reads and writes streams and follows `$all`; nobody but administrators deletes a stream or sets
 * its metadata, which can hide history. All others can do nothing.
 */
export function accessRulesFor(group: string): DefaultAcl {
  const both = [...ADMINS, group];
  return {
    $userStreamAcl: { $r: both, $w: both, $d: ADMINS, $mr: ADMINS, $mw: ADMINS },
    $systemStreamAcl: { $r: both, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS },
  };
}

/** Whether two settings mean the same, whatever the order of their groups. */
export function isSameAcl(a: unknown, b: DefaultAcl): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String).toSorted();
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, inOrder(inner)]);
}
