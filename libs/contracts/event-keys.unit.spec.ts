import { formatVkey, idHex, noteKey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { formatEventKeys, parseEventKeys, type EventKeys } from './event-keys.js';

const key = noteKey('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 9));
const vkey = formatVkey(key);
const FROM = '2026-01-01T00:00:00.000Z';
const UNTIL = '2026-02-01T00:00:00.000Z';
const parse = (text: string) => parseEventKeys(Buffer.from(text));

describe('An event keys file', () => {
  it('says of each key when it was in use', () => {
    const other = noteKey('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 8));
    const text = `# ours\n\n${vkey} ${FROM} ${UNTIL}\n\t${formatVkey(other)}\t${UNTIL} \n`;
    const keys: EventKeys = new Map([
      [idHex(key.id), { key, from: FROM, until: UNTIL }],
      [idHex(other.id), { key: other, from: UNTIL }],
    ]);
    expect(parse(text)).toEqual({ ok: true, value: keys });
    expect(parse(formatEventKeys(keys))).toEqual({ ok: true, value: keys });
  });

  it.each([
    ['is cut short', `${vkey} ${FROM}`, 'line 1 does not end in a newline'],
    ['has no time', `# first\n${vkey}\n`, 'line 2 is not: <vkey> <from> [<until>]'],
    ['has a word too many', `${vkey} ${FROM} ${UNTIL} x\n`, 'line 1 is not: <vkey> <from> [<until>]'],
    ['has a day that does not exist', `${vkey} 2026-02-30T00:00:00.000Z\n`, 'line 1 has a time that is not'],
    ['has a time of another form', `${vkey} 2026-01-01\n`, 'line 1 has a time that is not'],
    ['ends before it begins', `${vkey} ${UNTIL} ${FROM}\n`, 'line 1 ends before it begins'],
    [
      'has a key with another id',
      `${vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')} ${FROM}\n`,
      'line 1 has a key that is none',
    ],
    ['has a key twice', `${vkey} ${FROM}\n${vkey} ${UNTIL}\n`, 'line 2 has the id of a key before it'],
    [
      'has a witness’s key',
      `${formatVkey(noteKey('w', SIGNATURE_TYPE.cosignature, Buffer.alloc(32, 9)))} ${FROM}\n`,
      'line 1 has a key of another type',
    ],
  ])('that %s is refused by its line', (_, text, problem) => {
    expect(parse(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) as string });
  });

  it('of unlimited length is not read', () => {
    expect(parse('#'.repeat(300_000))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('bytes') as string,
    });
  });
});
