import type { Caller } from '../../http-kit/caller.js';
import { ProblemException } from '../../http-kit/problem-exception.js';
import { LeadProofs } from '../lead-proofs.js';
import type { TrailAnswers } from '../trail-answers.js';
import { TrailAccess } from './trail-access.js';
import { TrailQueriesController } from './trail-queries.controller.js';

const LEAD = '935495d8-3bf2-80f6-9542-088c7f9aba27';
const AUDITOR = { subject: 'audrey', client: 'audrey', roles: ['auditor'] } as unknown as Caller;

/** A lead with so many leaves, of a log whose files are nowhere. */
function proofOf(leaves: number): Promise<unknown> {
  const answers = {
    ofLead: () => Promise.resolve({ found: { held: [] } }),
    leavesOf: () => Promise.resolve({ found: Array.from({ length: leaves }, (_, at) => at) }),
  } as unknown as TrailAnswers;
  const access = new TrailAccess({ whenIndexed: () => Promise.resolve(true) });
  return new TrailQueriesController(answers, access, new LeadProofs('/nowhere', answers)).proof(AUDITOR, LEAD, {});
}

it('The proof of a lead with more leaves than a bundle holds is refused, and it is said what to do instead', async () => {
  const refusal = await proofOf(10_001).catch((problem: unknown) => problem);
  expect(refusal).toBeInstanceOf(ProblemException);
  const { status, detail } = (refusal as ProblemException).problem;
  expect([status, detail]).toEqual([
    409,
    'the lead has more than 10000 leaves: check the log itself (baton audit fsck)',
  ]);
  // One less, and the log's files are read.
  await expect(proofOf(10_000)).rejects.toThrow('the trail has no checkpoint that can be read');
});
