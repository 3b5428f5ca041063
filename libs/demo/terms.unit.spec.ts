import { validateAgreementContent } from '../agreements/validate-agreement.js';
import { validatePolicyContent } from '../agreements/validate-policy.js';
import { FIRST_AGREEMENT, FIRST_POLICY, SECOND_AGREEMENT, SECOND_POLICY } from './terms.js';

/** The demo signs past HTTP, where contents are validated. */
describe('The terms of the demo', () => {
  it.each([FIRST_POLICY, SECOND_POLICY])('has policies that could be proposed', (content) =>
    expect(validatePolicyContent(content)).toMatchObject({ ok: true }),
  );
  it.each([FIRST_AGREEMENT, SECOND_AGREEMENT])('has agreements that could be proposed', (content) =>
    expect(validateAgreementContent(content)).toMatchObject({ ok: true }),
  );
});
