import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { RowVerdict } from '../libs/lead-commands/http/batch-creation.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
});
afterAll(() => baton.stop());

const batch = async (key: string, leads: readonly object[]): Promise<readonly RowVerdict[]> => {
  const answer = await baton.as('maria').post<{ verdicts: RowVerdict[] }>('/leads/batch', { leads }, { key });
  expect(answer.status).toBe(200);
  return answer.body.verdicts;
};

describe('A row with a key of its own', () => {
  it('is the same command in another place of another batch, and alone', async () => {
    const [one, two] = [newLead(), newLead()];
    const first = await batch('first', [
      { ...one, key: 'row-a' },
      { ...two, key: 'row-b' },
    ]);
    const head = await baton.store.head();
    const second = await batch('second', [
      { ...two, key: 'row-b' },
      { ...one, key: 'row-a' },
    ]);
    expect(second.map(({ status, lead }) => [status, lead])).toEqual([
      ['repeated', first[1]?.lead],
      ['repeated', first[0]?.lead],
    ]);
    const alone = await baton.as('maria').post<LeadAnswer>('/leads', one, { key: 'row-a' });
    expect(alone.body).toMatchObject({ lead: first[0]?.lead, repeated: true });
    expect(await baton.store.head()).toBe(head);
  });

  it('is refused with another body under the same key, and the other rows go on', async () => {
    const [kept, changed, fresh] = [newLead(), newLead({ topic: 'changed' }), newLead()];
    await batch('third', [{ ...kept, key: 'row-c' }]);
    const verdicts = await batch('fourth', [
      { ...changed, key: 'row-c' },
      { ...fresh, key: 'row-d' },
    ]);
    expect(verdicts.map(({ status, problem }) => [status, problem?.type])).toEqual([
      ['refused', 'urn:baton:problem:idempotency-key-reused'],
      ['created', undefined],
    ]);
  });
});
