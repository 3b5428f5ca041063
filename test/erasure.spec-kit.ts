import { randomUUID } from 'node:crypto';
import type { DataSubject } from '../libs/erasure/data-subjects.js';
import type { Client } from './client.spec-kit.js';
import { until } from './until.spec-kit.js';

export const CHECKED = { reason: 'identity-checked' };

type As = (person: string) => Client;

/** Requested by Pia, approved by Root. */
export async function eraseContact(as: As, contact: string, more: object = {}): Promise<void> {
  await as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request', ...more });
  await as('root').done(`/data-subjects/${contact}/erasure/approval`, CHECKED);
}

export const subjectOf = (as: As, contact: string): Promise<DataSubject> =>
  as('pia').read<DataSubject>(`/data-subjects/${contact}`);

/** The data subject once its erasure has come so far. */
export const erasedTo = (as: As, contact: string, stage: 'live' | 'final'): Promise<DataSubject> =>
  until(
    () => subjectOf(as, contact),
    ({ erasure }) => erasure?.stage === stage || (stage === 'live' && erasure?.stage === 'final'),
    `the erasure to be ${stage}`,
  );

/** An address that nobody had before, in letters that no normal form changes. */
export const newAddress = (): string => `someone-${randomUUID()}@a.example`;
