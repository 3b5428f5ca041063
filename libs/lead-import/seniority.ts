import { SENIORITIES, type Seniority } from '../agreements/profile.js';

/** The first that fits: a "Vice President" is no president, an "Assistant to the CEO" is staff. */
const TITLES: readonly (readonly [RegExp, Seniority])[] = [
  [/\b(intern|trainee|apprentice|werkstudent\w*)\b/, 'intern'],
  [/\b(assistant|secretary)\b/, 'staff'],
  [/\b(owner|founder|co-founder|proprietor)\b/, 'owner'],
  [/\b(vp|svp|evp|vice[ -]president)\b/, 'vp'],
  [/\b(c[efimoprst]o|cmo|chief|president)\b/, 'c-level'],
  [/\b(director|head)\b/, 'director'],
  [/\b(manager|lead|supervisor)\b/, 'manager'],
];

/** The seniority that a job title tells, in English; undefined where it tells none. The title itself is personal. */
export function seniorityOf(title: string): Seniority | undefined {
  const words = title.trim().toLowerCase();
  const band = SENIORITIES.find((seniority) => seniority === words);
  return band ?? TITLES.find(([pattern]) => pattern.test(words))?.[1];
}
