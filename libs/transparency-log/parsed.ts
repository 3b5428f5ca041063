/** What strict parsers of this library answer: bad input is a value with one line that names the place and the rule. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refused = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
