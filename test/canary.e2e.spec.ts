import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonFolder } from './baton-process.spec-kit.js';
import { spellings, filesOf, found } from './canary.spec-kit.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { TimelineView } from '../libs/lead-commands/http/lead-view.js';
import { eraseContact, erasedTo } from './erasure.spec-kit.js';
import { reached, showLead } from './lead-life.spec-kit.js';
import { formTeams, goodLead, newLead, signPolicy } from './people.spec-kit.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';

const canaries: string[] = [];
/** A text that stands nowhere else, in letters that no normal form changes. */
function canary(): string {
  const text = `canary${randomBytes(8).toString('hex')}`;
  canaries.push(text);
  return text;
}

describe('What is told about a person', () => {
  let dataDir: string;
  let baton: SpawnedBaton;
  let cli: BatonFolder;
  const problems: string[] = [];
  const phone = `+4915${randomInt(10 ** 9, 10 ** 10 - 1)}`;
  const details = {
    name: canary(),
    email: `${canary()}@${canary()}.example`,
    phone,
    jobTitle: canary(),
    companyName: canary(),
    companyDomain: `${canary()}.example`,
    landingUrl: `https://a.example/${canary()}?q=${canary()}`,
    clickId: canary(),
    note: canary(),
  };
  const notes: string[] = [];
  const note = () => {
    notes.push(canary());
    return { note: notes.at(-1) };
  };
  let lead: string;

  beforeAll(async () => {
    canaries.push(phone.slice(1));
    dataDir = await mkdtemp(join(tmpdir(), 'baton-canary-'));
    baton = await SpawnedBaton.start(join(dataDir, 'data'));
    cli = await BatonFolder.make();
    const { as } = baton;
    await formTeams(as, ['north-marketing', 'north-sales']);
    await signPolicy(as);
    ({ lead } = await as('maria').done<LeadAnswer>('/leads', goodLead({ details })));
    const worker = (await reached(baton, lead, 'offered')).offeree!.person!;
    const works = (command: string, body: object) =>
      as(worker).done(`/leads/${lead}/${command}`, { ...body, ...note() });
    await as(worker).done(`/leads/${lead}/accept`);
    await works('contact', { channel: 'phone', direction: 'outbound', twoWay: true, human: true });
    await works('record-insight', { insight: 'wish', tags: ['erp'] });
    await works('advance', { stage: 'analysing' });
    await works('sales-qualify', { needConfirmed: true, potentialConfirmed: true });
    await works('propose-disqualification', { reason: 'spam' });
    await works('lose', { reason: 'other', rating: 2 });
    await works('recycle', { reason: 'not-now', resumeAt: '2190-01-01T00:00:00Z' });
    await works('rate', { rating: 3 }).catch(() => notes.pop());
    const tells = (command: string, body: object) =>
      as('maria').done(`/leads/${lead}/${command}`, { ...body, ...note() });
    await tells('recommend-message', { message: 'save-floor-space' });
    await tells('record-interest', { source: 'email', topic: 'robots' });
    await as('maria').done(`/leads/${lead}/correct-details`, {
      details: { name: canary(), email: `${canary()}@a.example` },
    });
    await refuse();
  });
  afterAll(async () => {
    baton.kill('SIGKILL');
    await baton.ended;
    await cli.remove();
    await rm(dataDir, { recursive: true });
  });

  /** All ways to be refused with something about a person in the request. */
  async function refuse(): Promise<void> {
    const { as } = baton;
    const email = details.email;
    const post = async (path: string, body: object) => problems.push((await as('max').post(path, body)).text);
    await post('/leads', newLead({ details: { email } }));
    await post('/leads', newLead({ source: `!${canary()}` }));
    await post('/leads', newLead({ details: { name: 7, note: canary() } }));
    await post('/leads', newLead({ details: { [canary()]: 'x' } }));
    await post('/leads', newLead({ details: { name: canary().repeat(20) } }));
    await post(`/leads/${lead}/lose`, { reason: 'other', note: canary() });
    await post('/leads/batch', { leads: [newLead({ details: { email } }), { note: canary() }] });
    problems.push((await as('max').send('POST', '/leads', `{"details":{"name":"${canary()}`)).text);
    problems.push((await as('max').send('POST', '/leads', `{"name":"${canary()}","name":"${canary()}"}`)).text);
    problems.push((await as('max').get(`/leads?source=${canary()}`)).text);
    problems.push((await as('max').get(`/leads?limit=${canary()}`)).text);
    problems.push((await as('max').get(`/leads/${canary()}`)).text);
    problems.push((await as('max').get(`/${canary()}`)).text);
    problems.push((await as('max').post('/leads', newLead(), { key: canary() })).text.slice(0, 0));
    problems.push((await as('max').get('/leads', { headers: { 'x-request-id': canary() } })).text);
  }

  it('is shown to those who work with them', async () => {
    const shown = await baton.as('maria').read<{ details: object }>(`/leads/${lead}/contact`);
    expect(shown.details).toMatchObject({ phone, companyName: details.companyName, jobTitle: details.jobTitle });
    const { text } = await baton.as('maria').get<TimelineView>(`/leads/${lead}/timeline?limit=500`);
    for (const said of [details.name, details.note, ...notes]) expect(text).toContain(said);
  });

  it('stands in no file, no log line, no metric and no problem: neither plain nor in any usual encoding', async () => {
    const metrics = Buffer.from(await (await fetch(`${baton.url}/metrics`)).text());
    const others = () => ({
      metrics,
      output: Buffer.from(baton.output.join('\n')),
      problems: Buffer.from(problems.join('\n').replaceAll(KNOWN_FIELD_NAME, '')),
    });
    const files = await filesOf(join(dataDir, 'data'));
    expect(Object.keys(files).length).toBeGreaterThan(4);
    expect(found(canaries, { ...files, ...others() })).toEqual([]);
  });

  /** What `baton backup` takes while the server runs. */
  async function backedUp(name: string): Promise<Record<string, Buffer>> {
    const [data, into] = [join(dataDir, 'data'), join(dataDir, name)];
    expect(await cli.run('backup', into, '--data', data)).toMatchObject({ code: 0 });
    return filesOf(into);
  }

  it('stands in no backup, before and after they are erased', async () => {
    const files = await backedUp('backup');
    expect(Object.keys(files).length).toBeGreaterThan(6);
    expect(found(canaries, files)).toEqual([]);
  });

  it('is shown to nobody once they are erased, and stands nowhere after that either', async () => {
    const { contact } = await showLead(baton, lead);
    await eraseContact(baton.as, contact!);
    const { receipts } = await erasedTo(baton.as, contact!, 'live');
    const answers = [JSON.stringify(receipts)];
    const read = async (path: string) => answers.push((await baton.as('pia').get(path)).text);
    for (const view of ['', '/timeline?limit=500', '/contact', '/card']) await read(`/leads/${lead}${view}`);
    for (const dataset of ['events', 'leads']) {
      for (const format of ['csv', 'ndjson']) await read(`/exports/${dataset}?withPersonalData=true&format=${format}`);
    }
    expect(answers.join().length).toBeGreaterThan(5_000);
    expect(found(canaries, { answers: Buffer.from(answers.join('\n')) })).toEqual([]);

    const others = { output: Buffer.from(baton.output.join('\n')), ...(await backedUp('backup-after')) };
    expect(found(canaries, { ...(await filesOf(join(dataDir, 'data'))), ...others })).toEqual([]);
    baton.kill('SIGTERM');
    expect(await baton.ended).toMatchObject({ code: 0 });
    expect(found(canaries, { ...(await filesOf(join(dataDir, 'data'))), ...others })).toEqual([]);
  });

  it('left a trail that is whole without them: every leaf, and its event in the store', async () => {
    const [trail, store] = [join(dataDir, 'data/trail'), join(dataDir, 'data')];
    const trust = ['--policy', `${trail}.policy`, '--event-keys', `${trail}.event-keys`, '--store', store, '--json'];
    const checked = await cli.run('audit', 'fsck', trail, ...trust);
    const report = JSON.parse(checked.stdout) as { size: number };
    expect(report).toMatchObject({
      verdict: 'incomplete',
      rule: 'unwitnessed: the policy asks for no quorum',
      eventSignatures: 'checked',
      store: 'the same',
    });
    expect(report.size).toBeGreaterThan(20);
    expect(found(canaries, { said: Buffer.from(checked.stdout) })).toEqual([]);
  });

  it('would be found, if it stood there', () => {
    const text = canary();
    for (const shift of [0, 1, 2]) {
      const around = Buffer.concat([Buffer.alloc(shift, 'x'), Buffer.from(text), Buffer.from('yz')]);
      expect(found([text], { sink: Buffer.from(around.toString('base64')) })).toHaveLength(1);
    }
    expect(spellings(text).every(({ length }) => length > 16)).toBe(true);
    expect(found([text], { sink: Buffer.from(`x${text}`, 'utf16le') })).toHaveLength(1);
  });
});

/** A refusal of an unknown member has to say which one; its name is the caller's own and goes back to nobody else. */
const KNOWN_FIELD_NAME = /"field":"[^"]*"/g;
