import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import type { PepperRotated } from '../libs/personal-data/pepper-rotation.js';
import type { SubjectAccess } from '../libs/erasure/data-subjects.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { CHECKED, eraseContact, erasedTo, newAddress, subjectOf } from './erasure.spec-kit.js';
import { LeadLife, showLead } from './lead-life.spec-kit.js';
import { formTeams, goodLead, newLead, signPolicy } from './people.spec-kit.js';

const ACCESS = { reason: 'data-subject-access' };

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
});
afterAll(() => baton.stop());

async function person(details: object = {}): Promise<{ lead: string; contact: string; email: string }> {
  const email = newAddress();
  const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email, ...details } }));
  return { lead, contact: (await showLead(baton, lead)).contact!, email };
}
const eventsOf = async (stream: string) => (await baton.events()).filter((event) => event.stream === stream);

describe('Erasing a person', () => {
  it('takes a request by privacy and the approval of another person, and then everything of theirs', async () => {
    const { lead, contact, email } = await person({ name: 'Grace', note: 'likes robots' });
    await baton.as('maria').refused(403, `/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
    await baton.as('root').refused(409, `/data-subjects/${contact}/erasure/approval`, CHECKED);
    await baton.as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
    await baton.as('pia').refused(409, `/data-subjects/${contact}/erasure/approval`, CHECKED);
    expect((await subjectOf(baton.as, contact)).erasure).toMatchObject({ stage: 'requested' });
    expect((await baton.as('maria').read<{ details: object }>(`/leads/${lead}/contact`)).details).toMatchObject({
      email,
    });

    await baton.as('root').done(`/data-subjects/${contact}/erasure/approval`, CHECKED);
    const erased = await erasedTo(baton.as, contact, 'live');
    expect(erased.erasure?.done).toEqual({ [contact]: ['keys', 'caches', 'sinks', 'leads'] });
    expect(await baton.as('maria').read(`/leads/${lead}/contact`)).toEqual({ details: 'erased' });
    expect(await showLead(baton, lead)).toMatchObject({ state: 'disqualified' });
    const { text } = await baton.as('maria').get(`/leads/${lead}/timeline`);
    expect(text).not.toContain('Grace');
    expect(text).toContain('"personal":"erased"');
    expect(erased.receipts.map(({ type, stream }) => [type, stream])).toEqual(
      ['ErasureRequested', 'ErasureApproved', ...Array<string>(4).fill('ErasureStepDone'), 'PersonalDataErased'].map(
        (type) => [type, `contact-${contact}`],
      ),
    );
  });

  it('lets nothing happen on them any more', async () => {
    const { lead, contact } = await person();
    await eraseContact(baton.as, contact);
    await erasedTo(baton.as, contact, 'live');
    const head = await eventsOf(`contact-${contact}`);
    await baton.as('maria').refused(409, `/contacts/${contact}/consent`, { consent: 'given' });
    await baton.as('pia').refused(409, `/data-subjects/${contact}/export`, ACCESS);
    await baton.as('pia').refused(409, `/data-subjects/${contact}/legal-hold`, { reason: 'lawsuit', matter: 'c-1' });
    await baton.as('maria').refused(409, `/leads/${lead}/correct-details`, { details: { name: 'Ada' } });
    await baton.as('mona').refused(409, `/leads/${lead}/reopen`, { reason: 'new-evidence' });
    expect(await eventsOf(`contact-${contact}`)).toEqual(head);
  });

  it('is stopped by a legal hold, which is told and can be lifted', async () => {
    const { lead, contact } = await person();
    await baton.as('audrey').done(`/data-subjects/${contact}/legal-hold`, { reason: 'lawsuit', matter: 'case-17' });
    await baton.as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
    await baton.as('root').refused(409, `/data-subjects/${contact}/erasure/approval`, CHECKED);
    expect((await baton.as('maria').get(`/leads/${lead}/contact`)).text).toContain('@a.example');
    await baton.as('audrey').refused(403, `/data-subjects/${contact}/legal-hold/lift`, { reason: 'settled' });
    await baton.as('pia').done(`/data-subjects/${contact}/legal-hold/lift`, { reason: 'settled' });
    await baton.as('root').done(`/data-subjects/${contact}/erasure/approval`, CHECKED);
    const { receipts } = await erasedTo(baton.as, contact, 'live');
    expect(receipts.map(({ type }) => type).slice(0, 4)).toEqual([
      'LegalHoldPlaced',
      'ErasureRequested',
      'LegalHoldLifted',
      'ErasureApproved',
    ]);
  });

  it('reaches all contacts that were merged into one, whichever of them is named', async () => {
    const [one, two] = [await person({ name: 'Ann' }), await person({ name: 'Anne' })];
    await baton.as('pia').done(`/contacts/${one.contact}/merge`, { into: two.contact, reason: 'same-person' });
    await baton.as('pia').done(`/data-subjects/${one.contact}/legal-hold`, { reason: 'lawsuit', matter: 'case-18' });
    expect(await subjectOf(baton.as, two.contact)).toMatchObject({ onHold: true });
    await baton.as('pia').done(`/data-subjects/${one.contact}/legal-hold/lift`, { reason: 'settled' });
    await eraseContact(baton.as, one.contact);
    const erased = await erasedTo(baton.as, two.contact, 'live');
    expect(erased.contacts.toSorted()).toEqual([one.contact, two.contact].toSorted());
    for (const { lead } of [one, two]) {
      expect(await baton.as('maria').read(`/leads/${lead}/contact`)).toEqual({ details: 'erased' });
      expect((await showLead(baton, lead)).state).toBe('disqualified');
    }
  });

  it('leaves a won lead as it is, and closes a lost one', async () => {
    const life = new LeadLife(baton);
    const details = () => ({ details: { email: newAddress() } });
    const [won, lost] = [await life.workedBy('sven', details()), await life.workedBy('sven', details())];
    const contacts = [won, lost].map(({ contact }) => contact!);
    const as = baton.as('sven');
    await as.done(`/leads/${won.lead}/contact`, { channel: 'phone', direction: 'outbound', twoWay: true, human: true });
    await as.done(`/leads/${won.lead}/sales-qualify`, { needConfirmed: true, potentialConfirmed: true });
    await as.done(`/leads/${won.lead}/win`, { value: null });
    await as.done(`/leads/${lost.lead}/lose`, { reason: 'other' });
    for (const contact of contacts) await eraseContact(baton.as, contact);
    for (const contact of contacts) await erasedTo(baton.as, contact, 'live');
    expect((await showLead(baton, won.lead)).state).toBe('won');
    expect(await showLead(baton, lost.lead)).toMatchObject({ state: 'disqualified' });
    expect((await eventsOf(`lead-${lost.lead}`)).at(-1)).toMatchObject({
      type: 'LeadDisqualified.v1',
      data: { reason: { code: 'erased' } },
      metadata: { actor: { kind: 'rule', id: 'erasure' } },
    });
  });

  it('lets them come back as somebody new, whom nothing links to before', async () => {
    const { contact, email } = await person();
    await eraseContact(baton.as, contact);
    await erasedTo(baton.as, contact, 'live');
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', goodLead({ details: { email } }));
    const again: LeadView = await showLead(baton, lead);
    expect(again.contact).not.toBe(contact);
    expect((await eventsOf(`contact-${again.contact}`)).map(({ type }) => type)).toEqual(['ContactRegistered.v1']);
    expect(await subjectOf(baton.as, again.contact!)).toMatchObject({ contacts: [again.contact], leads: [lead] });
  });

  it('keeps an opt-out where it is wanted, and nothing else: who comes back has withdrawn consent', async () => {
    const { contact, email } = await person();
    await eraseContact(baton.as, contact, { keepOptOut: true });
    await erasedTo(baton.as, contact, 'live');
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', goodLead({ details: { email } }));
    const again = await showLead(baton, lead);
    expect(again.contact).not.toBe(contact);
    expect(await subjectOf(baton.as, again.contact!)).toMatchObject({ consents: { contact: 'withdrawn' } });
    expect(again.state).not.toBe('qualified');
    expect(again.state).not.toBe('offered');
  });

  it('is final once the keys of the epochs before are destroyed', async () => {
    const [gone, stays] = [await person(), await person({ name: 'Ada' })];
    await eraseContact(baton.as, gone.contact);
    await erasedTo(baton.as, gone.contact, 'live');
    await baton.as('maria').refused(403, '/key-epochs/rotation', { reason: 'due' });
    const { epoch } = await baton.as('pia').done<{ epoch: number }>('/key-epochs/rotation', { reason: 'due' });
    const erased = await erasedTo(baton.as, gone.contact, 'final');
    expect(erased.receipts.at(-1)).toMatchObject({ type: 'PersonalDataErased', stream: `contact-${gone.contact}` });
    const last = (await eventsOf(`contact-${gone.contact}`)).at(-1);
    expect(last?.data).toMatchObject({ stage: 'final', epoch, contacts: [gone.contact] });
    expect(await baton.as('maria').read(`/leads/${stays.lead}/contact`)).toMatchObject({ details: { name: 'Ada' } });
  });
});

describe('A new pepper', () => {
  it('leaves everybody found by their address, and opted out who was', async () => {
    const [gone, stays] = [await person(), await person()];
    await eraseContact(baton.as, gone.contact, { keepOptOut: true });
    await erasedTo(baton.as, gone.contact, 'live');
    for (const one of ['maria', 'audrey', 'ana']) {
      await baton.as(one).refused(403, '/blind-index/rotation', { reason: 'due' });
    }
    const { pepper } = await baton.as('pia').done<PepperRotated>('/blind-index/rotation', { reason: 'due' });
    const { email } = await person();
    const rotated = await baton.as('root').done<PepperRotated>('/blind-index/rotation', { reason: 'due' });
    expect(rotated.pepper).toBe(pepper + 1);
    expect(rotated.recomputed).toBeGreaterThanOrEqual(3);

    const searched = (by: string) => baton.as('pia').done('/data-subjects/search', { email: by });
    expect(await searched(stays.email)).toEqual({ contacts: [stays.contact] });
    expect(await searched(gone.email)).toEqual({ contacts: [] });
    await baton.as('maria').refused(409, '/leads', newLead({ details: { email: stays.email } }));
    const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', goodLead({ details: { email: gone.email } }));
    const again = await showLead(baton, lead);
    expect(await subjectOf(baton.as, again.contact!)).toMatchObject({ consents: { contact: 'withdrawn' } });
    expect(baton.log()).toContain('a new pepper is over the blind index');
    expect(baton.log()).not.toContain(email);
  });
});

describe('What is held on a person', () => {
  it('is found by an address in the body alone, and shown whole, which is told', async () => {
    const { lead, contact, email } = await person({ name: 'Grace' });
    await baton.as('maria').done(`/leads/${lead}/correct-details`, { details: { name: 'Grace Hopper' } });
    await baton.as('maria').refused(403, '/data-subjects/search', { email });
    await baton.as('pia').refused(400, '/data-subjects/search', {});
    expect(await baton.as('pia').done('/data-subjects/search', { email })).toEqual({ contacts: [contact] });
    expect(await baton.as('pia').done('/data-subjects/search', { email: newAddress() })).toEqual({ contacts: [] });
    for (const one of ['maria', 'root', 'audrey', 'ana', 'form']) {
      await baton.as(one).refused(403, `/data-subjects/${contact}/export`, ACCESS);
    }
    const held = await baton.as('pia').done<SubjectAccess>(`/data-subjects/${contact}/export`, ACCESS);
    expect(held).toMatchObject({
      format: 'baton-subject-access/v1',
      contacts: [contact],
      leads: [{ lead, details: { email, name: 'Grace Hopper' }, state: { leaf: 'captured' } }],
      contactEvents: [{ type: 'ContactRegistered', data: { lead } }],
    });
    expect(held.leads[0]?.events.map(({ type }) => type)).toContain('LeadDetailsCorrected');
    expect(held.leads[0]?.events[0]?.personal).toMatchObject({ email, name: 'Grace' });
    expect((await eventsOf(`contact-${contact}`)).at(-1)).toMatchObject({
      type: 'PersonalDataExported.v1',
      data: { contacts: 1, leads: 1 },
      metadata: { actor: { id: 'pia', role: 'privacy' } },
    });
    expect(baton.log()).not.toContain(email);
  });

  it('is nothing where there is nobody', async () => {
    const nobody = '00000000-0000-8000-8000-000000000000';
    expect((await baton.as('pia').get(`/data-subjects/${nobody}`)).status).toBe(404);
    await baton.as('pia').refused(404, `/data-subjects/${nobody}/export`, ACCESS);
    await baton.as('pia').refused(404, `/data-subjects/${nobody}/erasure`, { reason: 'data-subject-request' });
  });
});
