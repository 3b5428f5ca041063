import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { formTeams } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

interface BuildAnswer {
  readonly build: string;
  readonly status: string;
  readonly serving: boolean;
}

describe('Views, by those who keep Baton running', () => {
  let baton: TestBaton;
  beforeAll(async () => {
    baton = await startBaton();
    await formTeams(baton.as);
  });
  afterAll(() => baton.stop());

  const builds = async () =>
    (await baton.as('root').read<{ builds: BuildAnswer[] }>('/projections/team-streams')).builds;

  it('are rebuilt beside what serves, compared and dropped', async () => {
    expect(await builds()).toMatchObject([{ build: 'team-streams.1.1', status: 'live', serving: true }]);
    const begun = await baton.as('root').post('/projections/team-streams/rebuild', {});
    expect(begun.status).toBe(200);
    await until(builds, (all) => all[1]?.serving === true, 'the promotion');
    const comparison = await baton.as('root').read<{ tables: object[] }>('/projections/team-streams/comparison');
    expect(comparison.tables).toMatchObject([{ table: 'team_stream', onlyHere: 0, onlyThere: 0 }]);
    const dropped = await baton.as('root').post('/projections/team-streams/drop', { build: 'team-streams.1.1' });
    expect(dropped.status).toBe(200);
    expect(await builds()).toMatchObject([{ build: 'team-streams.1.2', status: 'live', serving: true }]);
  });

  it('are for administrators only, and none waits among the dead letters', async () => {
    expect((await baton.as('maria').get('/projections')).status).toBe(403);
    expect((await baton.as('maria').get('/dead-letters')).status).toBe(403);
    expect(await baton.as('root').read('/dead-letters')).toEqual({ streams: [] });
  });
});
