/**
 * A code: what stands for a fact outside the sealed envelope, where free text would be personal data.
 * Industry, source, topic, behaviour and segment are free codes; the bands below are closed lists.
 */
export const CODE_PATTERN = /^[a-z0-9][a-z0-9_.:+-]{0,63}$/;
export const isCode = (text: string): boolean => CODE_PATTERN.test(text);

/** Employees. */
export const COMPANY_SIZE_BANDS = ['1-10', '11-50', '51-200', '201-1000', '1001-5000', '5001+'] as const;
export type CompanySizeBand = (typeof COMPANY_SIZE_BANDS)[number];

/** Whole units of the installation's currency; a bound belongs to the band that begins with it. */
export const BUDGET_BANDS = ['under-1k', '1k-5k', '5k-25k', '25k-100k', '100k-500k', '500k+'] as const;
export type BudgetBand = (typeof BUDGET_BANDS)[number];

export const SENIORITIES = ['intern', 'staff', 'manager', 'director', 'vp', 'c-level', 'owner'] as const;
export type Seniority = (typeof SENIORITIES)[number];

/** When the prospect means to buy. */
export const TIMELINES = ['now', 'this-quarter', 'this-half', 'this-year', 'later', 'unknown'] as const;
export type Timeline = (typeof TIMELINES)[number];

/** What is known of a lead outside the sealed envelope: bands and codes only. An absent field is not known. */
export interface LeadProfile {
  readonly industry?: string;
  readonly companySizeBand?: CompanySizeBand;
  readonly budgetBand?: BudgetBand;
  readonly seniority?: Seniority;
  readonly timeline?: Timeline;
  readonly segment?: string;
  /** ISO 3166-1 alpha-2, upper case */
  readonly country?: string;
}

const EMPLOYEES_FROM: readonly (readonly [number, CompanySizeBand])[] = [
  [5001, '5001+'],
  [1001, '1001-5000'],
  [201, '201-1000'],
  [51, '51-200'],
  [11, '11-50'],
  [1, '1-10'],
];

const BUDGET_FROM: readonly (readonly [number, BudgetBand])[] = [
  [500_000, '500k+'],
  [100_000, '100k-500k'],
  [25_000, '25k-100k'],
  [5_000, '5k-25k'],
  [1_000, '1k-5k'],
  [0, 'under-1k'],
];

const bandOf = <Band>(floors: readonly (readonly [number, Band])[], amount: number): Band | undefined =>
  floors.find(([floor]) => amount >= floor)?.[1];

/** The band of a number of employees; undefined below 1 and for NaN. A part of an employee is dropped. */
export const companySizeBandOf = (employees: number): CompanySizeBand | undefined =>
  bandOf(EMPLOYEES_FROM, Math.floor(employees));

/** The band of an amount in the installation's currency; undefined below 0 and for NaN. */
export const budgetBandOf = (amount: number): BudgetBand | undefined => bandOf(BUDGET_FROM, amount);
