import type { LeadProfile } from './profile.js';

export const ATTRIBUTES = [
  'industry',
  'companySizeBand',
  'budgetBand',
  'seniority',
  'timeline',
  'source',
  'topic',
  'behaviour',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export interface PolicyRule {
  readonly anyOf: readonly string[];
  /** may be negative: what speaks against a lead is agreed as well */
  readonly points: number;
}

export interface Criterion {
  readonly id: string;
  readonly attribute: Attribute;
  readonly rules: readonly PolicyRule[];
  /** a required criterion that earns nothing fails the lead, whatever its total */
  readonly required?: boolean;
  readonly label?: string;
}

/** The ideal lead, as both teams sign it. Immutable once proposed: a change is a new version. */
export interface PolicyContent {
  readonly criteria: readonly Criterion[];
  /** the total from which a lead passes */
  readonly threshold: number;
}

export interface EvaluationInput extends Omit<LeadProfile, 'segment' | 'country'> {
  readonly source?: string;
  readonly topic?: string;
  /** codes of what the contact did, oldest first */
  readonly behaviour?: readonly string[];
}

export interface Points {
  readonly criterion: string;
  readonly attribute: Attribute;
  /** the value that was looked at; for behaviour the one that earned the points; null where there was none */
  readonly input: string | null;
  readonly points: number;
}

/** The breakdown that a score and a qualification carry. The sum of `points` is `total`. */
export interface Evaluation {
  readonly points: readonly Points[];
  readonly total: number;
  readonly threshold: number;
  readonly passed: boolean;
}

/**
 * Scores a lead: one line per criterion, and for behaviour one per rule that matched (each counts once, however often
 * the behaviour was seen). A criterion that nothing speaks to gets a line with 0 points, so that the breakdown names
 * every criterion that both teams signed.
 */
export function evaluate(content: PolicyContent, input: EvaluationInput): Evaluation {
  const byCriterion = content.criteria.map((criterion) => linesOf(criterion, input));
  const points = byCriterion.flat();
  const total = sum(points);
  const requiredEarned = content.criteria.every(
    (criterion, index) => criterion.required !== true || sum(byCriterion[index] ?? []) > 0,
  );
  return { points, total, threshold: content.threshold, passed: total >= content.threshold && requiredEarned };
}

const sum = (lines: readonly Points[]): number => lines.reduce((total, line) => total + line.points, 0);

function linesOf(criterion: Criterion, input: EvaluationInput): readonly Points[] {
  const line = (value: string | null, points: number): Points => ({
    criterion: criterion.id,
    attribute: criterion.attribute,
    input: value,
    points,
  });
  if (criterion.attribute === 'behaviour') {
    const earned = criterion.rules.flatMap((rule) => {
      const cause = input.behaviour?.find((code) => rule.anyOf.includes(code));
      return cause === undefined ? [] : [line(cause, rule.points)];
    });
    return earned.length > 0 ? earned : [line(null, 0)];
  }
  const value = input[criterion.attribute];
  if (value === undefined) return [line(null, 0)];
  return [line(value, criterion.rules.find((rule) => rule.anyOf.includes(value))?.points ?? 0)];
}
