import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { keyRing } from './key-ring.spec-kit.js';
import { KeyStoreFault } from './key-store.js';
import { MemoryKeyStore } from './memory-key-store.js';
import { PersonalData } from './personal-data.js';

const context = {
  leadId: '11111111-1111-8111-8111-111111111111',
  contact: '22222222-2222-8222-8222-222222222222',
  eventId: '00112233-4455-8677-8899-aabbccddeeff',
  eventType: 'LeadCreated.v1',
};
const personal = { name: 'Zoë Example', email: 'zoe@example.org' };

const recorded = (data: JsonObject, stream = `lead-${context.leadId}`): RecordedEvent => ({
  id: context.eventId,
  type: context.eventType,
  stream,
  revision: 0,
  position: '1',
  data,
  metadata: {},
});

let keys: MemoryKeyStore;
let data: PersonalData;
beforeEach(async () => {
  const ring = keyRing();
  keys = new MemoryKeyStore(randomBytes, ring);
  data = new PersonalData({ keys, pepper: ring.peppers[0], random: randomBytes });
  await data.reserveContact({
    addresses: { emails: [personal.email], phones: ['+49 30 1234567'] },
    newContact: context.contact,
    leadId: context.leadId,
  });
});

describe('personal data', () => {
  it('is sealed for an event and opened from it', async () => {
    const pii = await data.sealEvent(personal, context);
    expect(JSON.stringify(pii)).not.toMatch(/zoe|example/i);
    if (pii === 'erased') throw new Error('unexpectedly erased');
    expect(await data.openEvent(recorded({ pii }), context.contact)).toEqual({ ok: true, personal });
    expect(await data.openEnvelope(pii, context)).toEqual({ ok: true, personal });
    const elsewhere = recorded({ pii }, 'lead-33333333-3333-8333-8333-333333333333');
    expect(await data.openEvent(elsewhere, context.contact)).toEqual({ ok: false, why: 'unreadable' });
  });

  it("is sealed for an event of the contact's own stream", async () => {
    const { leadId: _, ...onContact } = context;
    const pii = await data.sealEvent(personal, onContact);
    if (pii === 'erased') throw new Error('unexpectedly erased');
    const event = recorded({ pii }, `contact-${context.contact}`);
    expect(await data.openEvent(event, context.contact)).toEqual({ ok: true, personal });
    expect(await data.openEvent(recorded({ pii }), context.contact)).toEqual({ ok: false, why: 'unreadable' });
  });

  it('is sealed with a fresh IV each time', async () => {
    const ivs = await Promise.all(Array.from({ length: 50 }, () => data.sealEvent(personal, context)));
    expect(new Set(ivs.map((pii) => (pii === 'erased' ? pii : pii.iv))).size).toBe(50);
  });

  it('of an event without any is none, and needs no key', async () => {
    await keys.close();
    expect(await data.openEvent(recorded({}), context.contact)).toEqual({ ok: false, why: 'none' });
  });

  it('once erased is neither opened nor sealed', async () => {
    const pii = await data.sealEvent(personal, context);
    await keys.erase(context.contact);
    expect(await data.openEvent(recorded({ pii: { ...(pii as object) } }), context.contact)).toEqual({
      ok: false,
      why: 'erased',
    });
    expect(await data.sealEvent(personal, context)).toBe('erased');
  });

  it('under an unknown key, or in an envelope that is none, is unreadable', async () => {
    const pii = await data.sealEvent(personal, context);
    const unreadable = { ok: false, why: 'unreadable' };
    if (pii === 'erased') throw new Error('unexpectedly erased');
    expect(await data.openEnvelope(pii, { ...context, contact: 'nobody' })).toEqual(unreadable);
    for (const broken of [null, 'pii', [], {}, { ...pii, dek: 2 }, { ...pii, dek: 1.5 }, { ...pii, dek: 'x' }]) {
      expect(await data.openEnvelope(broken, context)).toEqual(unreadable);
    }
  });

  it('fails closed where the key cannot be had, and says nothing of what was to be sealed', async () => {
    const canary = 'zoe-canary@example.org';
    const attempts = [() => data.sealEvent({ email: canary }, { ...context, contact: canary })];
    await keys.close();
    attempts.push(() => data.sealEvent({ email: canary }, context));
    for (const attempt of attempts) {
      const fault: unknown = await attempt().catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(KeyStoreFault);
      expect(String((fault as Error).stack)).not.toContain(canary);
    }
    await expect(data.openEvent(recorded({ pii: {} }), context.contact)).rejects.toThrow(KeyStoreFault);
  });
});

describe('people', () => {
  it('are found by their addresses however typed, each once', async () => {
    expect(await data.findContacts({ emails: [' ZOE@example.org'], phones: ['+49301234567'] })).toEqual([
      context.contact,
    ]);
    expect(await data.findContacts({ emails: ['someone@example.org', 'none'] })).toEqual([]);
  });

  it('are known by corrected addresses too', async () => {
    expect(await data.addAddresses(context.contact, { emails: ['zoe@new.example.org'] })).toEqual({ others: [] });
    expect(await data.findContacts({ emails: ['zoe@new.example.org'] })).toEqual([context.contact]);
  });

  it('come again as themselves', async () => {
    const again = await data.reserveContact({
      addresses: { emails: ['Zoe@Example.org'] },
      newContact: 'contact-2',
      leadId: 'lead-2',
    });
    expect(again).toMatchObject({ contact: context.contact, minted: false, leadIds: [context.leadId] });
  });

  it('of a form that gives nothing but placeholders are all others', async () => {
    for (const name of ['one', 'two']) {
      const addresses = { emails: ['none'], phones: ['0000000000'] };
      expect(await data.reserveContact({ addresses, newContact: name, leadId: name })).toMatchObject({ contact: name });
    }
  });
});
