import { access, appendFile, writeFile } from 'node:fs/promises';
import { BatonFolder } from './baton-process.spec-kit.js';

const HUBSPOT = `Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,Country/Region,Number of Employees,Original Source,First Conversion,Create Date
101,Ada,Example,ada@example.com,+49 30 123456,Head of Operations,Example GmbH,Germany,120,Organic Search,Robot Guide: Form,2024-03-01 09:15
102,Bo,Muster,bo@example.org,,Buyer,Muster AG,Atlantis,,Paid Search,,2024-03-02 10:00
103,Ada,Example,ADA@example.com,,Head of Operations,Example GmbH,Germany,120,Email Marketing,Newsletter,2024-04-01 08:00
,Nobody,Known,nobody@example.net,,,,,,Direct,,2024-03-03 10:00
105,Too,Short
`;
const ODD_DATES = `Record ID,Original Source,First Conversion,Create Date
201,Organic Search,Robots,0000-01-01 00:00
202,Organic Search,Robots,2999-01-01 00:00
203,Organic Search,Robots,2024-02-30 00:00
`;
const SALESFORCE = `Id,FirstName,LastName,Title,Company,Email,LeadSource,Industry,NumberOfEmployees,Country,CreatedDate
00Q000000000001AAA,Cy,Sample,CEO,Sample Ltd,cy@example.net,Web,Machinery,5000,United Kingdom,2023-11-30T16:45:00.000+0000
00Q000000000002AAA,Di,Sample,,Sample Ltd,,Trade Show,,,,2023-12-01T08:00:00.000+0000
`;
const LEADS = `mql_id,first_contact_date,landing_page_id,origin
m1,2018-01-05,page-one,organic_search
m2,2018-01-06,page-two,
m3,2018-02-10,page-one,email
`;
const DEALS = `mql_id,seller_id,sdr_id,sr_id,won_date,declared_monthly_revenue
m1,s1,dev-1,rep-1,2018-01-20 10:11:12,1500.0
m2,s2,both,both,2018-01-21 12:00:00,0.0
m3,s3,dev-1,rep-2,2018-02-08 09:00:00,0.0
m9,s9,dev-1,rep-1,2018-03-01 09:00:00,0.0
`;

/** Each test starts a whole server several times, on a machine that may be busy with others. */
const MANY_STARTS_MS = 240_000;

describe('baton import', () => {
  let baton: BatonFolder;
  beforeEach(async () => {
    baton = await BatonFolder.make();
  });
  afterEach(() => baton.remove());

  const given = (name: string, content: string | Uint8Array): Promise<void> => writeFile(baton.path(name), content);
  const verdicts = async (file: string) => (await baton.report(`${file}.report.ndjson`)).map(({ verdict }) => verdict);
  const funnel = async () => JSON.parse((await baton.run('funnel', '--json')).stdout) as { rows: object[] };

  it(
    'takes a HubSpot export, and takes it twice as once',
    async () => {
      // Looking is not to make a folder of keys where there is nothing to look at.
      expect(await baton.run('funnel')).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringContaining('no data') as string,
      });
      await expect(access(baton.path('data'))).rejects.toThrow('ENOENT');
      await given('contacts.csv', HUBSPOT);
      const first = await baton.run('import', 'contacts.csv', '--map', 'hubspot');
      expect(first).toMatchObject({ code: 2, stdout: '' });
      const report = await baton.report('contacts.csv.report.ndjson');
      expect(report.map(({ verdict }) => verdict)).toEqual([
        'created',
        'created',
        'interest-recorded',
        'refused',
        'refused',
      ]);
      expect(report[2]?.lead).toBe(report[0]?.lead);
      expect(report.map(({ why }) => why)).toEqual([
        undefined,
        undefined,
        undefined,
        'Record ID is empty',
        'has 3 cells where the header has 12',
      ]);
      expect(report[1]?.odd).toContain('Country/Region is neither a country code nor an English name: left out');
      expect(JSON.stringify(report)).not.toMatch(/example|muster|ada|atlantis/i);
      const before = await funnel();

      await baton.run('import', 'contacts.csv', '--map', 'hubspot');
      expect(await verdicts('contacts.csv')).toEqual(['repeated', 'repeated', 'repeated', 'refused', 'refused']);
      expect(await funnel()).toEqual(before);
    },
    MANY_STARTS_MS,
  );

  it(
    'takes a Salesforce export with its own steward, and shows the lead that came of it',
    async () => {
      await given('leads.csv', SALESFORCE);
      const imported = await baton.run('import', 'leads.csv', '--map', 'salesforce', '--steward-team', 'north');
      expect(imported.code).toBe(0);
      const [row] = await baton.report('leads.csv.report.ndjson');
      const shown = await baton.run('lead', 'show', row?.lead ?? '');
      expect(shown.stdout).toContain('captured, cycle 1, imported');
      expect(shown.stdout).toContain('2023-11-30 16:45:00');
      expect(shown.stdout).toContain('north');
      expect(shown.stdout).not.toMatch(/Cy|Sample/);
      const found = await baton.run('lead', 'find', '--system', 'salesforce', '--id', '00Q000000000001AAA', '--json');
      expect(JSON.parse(found.stdout)).toMatchObject({ leads: [{ lead: row?.lead, source: 'web', topic: 'unknown' }] });
    },
    MANY_STARTS_MS,
  );

  it(
    'takes leads and then their deals, with a word for each that is odd',
    async () => {
      await given('leads.csv', LEADS);
      await given('deals.csv', DEALS);
      expect((await baton.run('import', 'leads.csv', '--map', 'olist-leads')).code).toBe(0);
      expect((await baton.run('import', 'deals.csv', '--map', 'olist-deals')).code).toBe(2);
      const leads = await baton.report('leads.csv.report.ndjson');
      expect(leads.map(({ odd }) => odd)).toEqual([undefined, ['no origin: source is unknown'], undefined]);
      const deals = await baton.report('deals.csv.report.ndjson');
      const noValue = 'no declared_monthly_revenue: value is unknown';
      expect(deals).toMatchObject([
        { externalId: 'm1', verdict: 'won' },
        { externalId: 'm2', verdict: 'won', odd: ['the same person as steward and as worker', noValue] },
        {
          externalId: 'm3',
          verdict: 'won',
          odd: [noValue, 'dated before the lead came in: takes effect at that time'],
        },
        { externalId: 'm9', verdict: 'refused', why: 'no lead of olist has this id: import the leads first' },
      ]);
      const shown = JSON.parse((await baton.run('lead', 'show', deals[0]?.lead ?? '', '--json')).stdout) as {
        lead: object;
        events: { type: string; occurredAt: string; timeKnown?: false; data: object }[];
      };
      expect(shown.lead).toMatchObject({ state: 'won', steward: { team: 'olist-marketing', person: 'dev-1' } });
      expect(shown.events.map(({ type, timeKnown }) => [type, timeKnown])).toEqual([
        ['LeadCreated', false],
        ['StewardTransferred', false],
        ['LeadQualified', false],
        ['LeadHandedOff', false],
        ['HandoffAccepted', false],
        ['LeadContacted', false],
        ['LeadSalesQualified', false],
        ['LeadWon', undefined],
      ]);
      expect(shown.events.at(-1)).toMatchObject({
        occurredAt: '2018-01-20T10:11:12.000Z',
        data: { value: { amount: 1500, currency: 'brl' } },
      });

      await baton.run('import', 'leads.csv', '--map', 'olist-leads');
      await baton.run('import', 'deals.csv', '--map', 'olist-deals');
      expect(await verdicts('leads.csv')).toEqual(['repeated', 'repeated', 'repeated']);
      expect(await verdicts('deals.csv')).toEqual(['repeated', 'repeated', 'repeated', 'refused']);
    },
    MANY_STARTS_MS,
  );

  it(
    'sends nothing of a file that is broken somewhere',
    async () => {
      await given('quotes.csv', `${LEADS}m4,2018-02-11,"page\n`);
      await given('bytes.csv', Buffer.from(`${LEADS}m4,2018-02-11,caf\xe9,email\n`, 'latin1'));
      await given('twice.csv', LEADS.replace('origin', 'origin,Origin'));
      await given('columns.csv', LEADS.replace('landing_page_id', 'page').replace('origin', 'from'));
      const run = (file: string) => baton.run('import', file, '--map', 'olist-leads');
      expect(await run('quotes.csv')).toMatchObject({
        code: 3,
        stderr: 'baton: line 5: a quote in this row is never closed\n',
      });
      expect((await run('twice.csv')).stderr).toBe('baton: columns are there more than once: "origin"\n');
      expect((await run('bytes.csv')).stderr).toContain('line 5 is not UTF-8');
      expect((await run('columns.csv')).stderr).toBe('baton: columns are missing: "origin", "landing_page_id"\n');
      expect((await baton.run('funnel')).code).toBe(4);
      expect((await baton.run('import', 'bytes.csv', '--map', 'olist-leads', '--encoding', 'latin1')).code).toBe(0);
    },
    MANY_STARTS_MS,
  );

  it(
    'refuses the row with a cell of a million characters and takes the others',
    async () => {
      await given('leads.csv', LEADS);
      await appendFile(
        baton.path('leads.csv'),
        `m4,2018-02-11,${'x'.repeat(1_000_000)},email\nm5,2018-02-12,page-one,email\n`,
      );
      const { code } = await baton.run('import', 'leads.csv', '--map', 'olist-leads', '--report', 'verdicts.ndjson');
      expect(code).toBe(2);
      expect(await baton.report('verdicts.ndjson')).toMatchObject([
        { verdict: 'created' },
        { verdict: 'created' },
        { verdict: 'created' },
        { verdict: 'refused', why: 'cell 3 has more than 100000 characters' },
        { verdict: 'created' },
      ]);
    },
    MANY_STARTS_MS,
  );

  it(
    'keeps what was imported before when a file comes back changed',
    async () => {
      await given('leads.csv', LEADS);
      await baton.run('import', 'leads.csv', '--map', 'olist-leads');
      const [before] = await baton.report('leads.csv.report.ndjson');
      await given('leads.csv', LEADS.replace('organic_search', 'email'));
      await baton.run('import', 'leads.csv', '--map', 'olist-leads');
      const [after] = await baton.report('leads.csv.report.ndjson');
      expect(after).toEqual({
        ...before,
        verdict: 'repeated',
        odd: ['imported before with other contents: left as it was'],
      });
    },
    MANY_STARTS_MS,
  );

  it(
    'maps and judges without sending in a dry run',
    async () => {
      await given('leads.csv', LEADS);
      const { code, stderr } = await baton.run('import', 'leads.csv', '--map', 'olist-leads', '--dry-run');
      expect(code).toBe(0);
      expect(stderr).toContain('3 rows: 3 planned; 1 odd');
      expect((await baton.run('funnel')).code).toBe(4);
    },
    MANY_STARTS_MS,
  );

  it(
    'loses no row for a date that cannot be, and says the same of it in a dry run',
    async () => {
      await given('contacts.csv', ODD_DATES);
      const judged = async (...options: string[]) => {
        expect(await baton.run('import', 'contacts.csv', '--map', 'hubspot', ...options)).toMatchObject({ code: 0 });
        return baton.report('contacts.csv.report.ndjson');
      };
      const [planned, created] = [await judged('--dry-run'), await judged()];
      expect(planned.map(({ odd }) => odd)).toEqual([
        ['Create Date must not be before the year 2000: the time of the import'],
        ['Create Date must not be in the future: the time of the import'],
        ['Create Date is a day or an hour that there is not: the time of the import'],
      ]);
      expect(created.map(({ odd }) => odd)).toEqual(planned.map(({ odd }) => odd));
      expect(created.map(({ verdict }) => verdict)).toEqual(['created', 'created', 'created']);
    },
    MANY_STARTS_MS,
  );
});

describe('baton', () => {
  let baton: BatonFolder;
  beforeAll(async () => {
    baton = await BatonFolder.make();
  });
  afterAll(() => baton.remove());

  it.each([
    [['--help'], 0, /Exit codes/],
    [['import', '--help'], 0, /A mapping names where/],
    [['impotr'], 3, /import/],
    [['import', 'x.csv'], 3, /--map/],
    [['import', 'x.csv', '--map', 'hubspot'], 3, /x\.csv cannot be read/],
    [['import', 'x.csv', '--map', 'nothing'], 3, /neither a preset nor a mapping/],
    [['import', 'x.csv', '--map', 'hubspot', '--encoding', 'ebcdic'], 3, /encoding/],
    [['token', '--subject', 'ada@example.com', '--role', 'sales'], 3, /the subject must be/],
    [['token', '--subject', 'ada', '--role', 'boss'], 3, /Allowed choices/],
    [['token', '--subject', 'ada', '--role', 'sales', '--lifetime', '13h'], 3, /lifetime/],
    [['lead', 'show', 'x', '--url', 'ftp://example.com'], 3, /http or https/],
  ])('%j ends with %i', async (args, code, said) => {
    const ended = await baton.run(...args);
    expect(ended).toMatchObject({ code });
    expect(ended.stdout + ended.stderr).toMatch(said);
  });

  it('prints a token on stdout alone', async () => {
    const { code, stdout } = await baton.run('token', '--subject', 'ada', '--role', 'sales', 'marketing');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });

  it(
    'tells an unknown lead from a token that is not accepted',
    async () => {
      const nobody = '00000000-0000-8000-8000-000000000000';
      await writeFile(baton.path('leads.csv'), LEADS);
      expect((await baton.run('import', 'leads.csv', '--map', 'olist-leads')).code).toBe(0);
      expect((await baton.run('lead', 'show', nobody)).code).toBe(3);
      expect((await baton.run('lead', 'show', nobody, '--token', 'forged')).code).toBe(5);
    },
    MANY_STARTS_MS,
  );
});
