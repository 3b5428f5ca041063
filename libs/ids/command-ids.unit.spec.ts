import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { bodyMac, commandId, contactIdOf, eventId, leadIdOf, type CommandKey } from './command-ids.js';

const secret = createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, at) => at)));
const other = createSecretKey(Buffer.alloc(32, 1));
const attempt = Buffer.alloc(16, 0xaa);

const create: CommandKey = { client: 'intake-form', operation: 'lead.create', target: 'create', key: 'key-1' };
const created = 'ee12bf5a-b54e-8989-ab06-802555b8b544';

/** Any 128 bits in the one form an id has: version 8, variant 10. */
const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const commands = fc.record<CommandKey>(
  {
    client: fc.string(),
    operation: fc.string(),
    target: fc.string(),
    key: fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 })),
    row: fc.nat(500),
  },
  { requiredKeys: ['client', 'operation', 'target', 'key'] },
);

describe('ids', () => {
  // Computed with Python's hmac and hashlib from the definition in domain.md.
  it('are those an independent implementation makes', () => {
    expect(commandId(secret, create)).toBe(created);
    expect(commandId(secret, { ...create, client: 'import', key: ['map', '42', 'created'], row: 7 })).toBe(
      'acea1809-8116-8e05-a276-7b5e2ad165fc',
    );
    expect(leadIdOf(secret, created)).toBe('935495d8-3bf2-80f6-9542-088c7f9aba27');
    expect(contactIdOf(secret, created)).toBe('14be1087-7b69-86af-9ed3-33aaf257e835');
    expect(eventId(secret, { commandId: created, stream: 'lead-1', index: 0, attempt })).toBe(
      'f6400b07-c79e-8a15-b5ed-cdf016abbe71',
    );
    expect(bodyMac(secret, { topic: 'Straße', source: 'email' })).toBe('h2qtHg-ESnu7UZZFj2zes1BCaqkSSX1TNC2MOJ82SU8');
  });

  it('are UUIDv8, differ where anything differs, and are the same where nothing does', () => {
    fc.assert(
      fc.property(commands, commands, (one, two) => {
        const id = commandId(secret, one);
        expect(id).toMatch(UUID_V8);
        expect(id).toBe(commandId(secret, { ...one }));
        expect(commandId(secret, two) === id).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(two)));
      }),
    );
  });

  it('cannot be made without the secret', () => {
    expect(commandId(other, create)).not.toBe(created);
    expect(leadIdOf(other, created)).not.toBe(leadIdOf(secret, created));
    expect(bodyMac(other, {})).not.toBe(bodyMac(secret, {}));
  });

  it('are another for each kind of thing', () => {
    const slot = { commandId: created, stream: 'lead-1', index: 0, attempt };
    const all = [created, leadIdOf(secret, created), contactIdOf(secret, created), eventId(secret, slot)];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('an event id', () => {
  const slot = { commandId: created, stream: 'lead-1', index: 0, attempt };

  it('is another for each stream, index and attempt', () => {
    const ids = [
      slot,
      { ...slot, commandId: '0' },
      { ...slot, stream: 'lead-2' },
      { ...slot, index: 1 },
      { ...slot, attempt: Buffer.alloc(16, 0xab) },
    ].map((each) => eventId(secret, each));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(UUID_V8);
  });

  it('needs 16 bytes of attempt', () => {
    expect(() => eventId(secret, { ...slot, attempt: Buffer.alloc(15) })).toThrow(RangeError);
  });
});

describe('the MAC of a body', () => {
  it('does not depend on the order of its fields and changes with any value', () => {
    expect(bodyMac(secret, { a: 1, b: [true, null] })).toBe(bodyMac(secret, { b: [true, null], a: 1 }));
    expect(bodyMac(secret, { a: 1 })).not.toBe(bodyMac(secret, { a: '1' }));
  });
});

const sorted = ({ client, operation, target, key, row }: CommandKey) => [client, operation, target, key, row ?? null];
