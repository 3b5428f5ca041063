import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyFileRefused, openKeyFile } from './key-file.js';
import { keyMarks } from './key-ring.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-key-file-'));
  file = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the key file', () => {
  it('is made on first start, for its owner only, and read ever after', () => {
    const made = openKeyFile(file, randomBytes);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['keys.json']);
    expect(keyMarks(openKeyFile(file, randomBytes))).toEqual(keyMarks(made));
    expect(new Set(keyMarks(made).map(({ mark }) => mark)).size).toBe(3);
  });

  it('is refused, and named, where it can be neither read nor made', () => {
    const nowhere = join(file, 'nowhere', 'keys.json');
    expect(() => openKeyFile(nowhere, randomBytes)).toThrow(KeyFileRefused);
    expect(() => openKeyFile(nowhere, randomBytes)).toThrow(
      /nowhere.keys\.json can be neither read nor made \(ENO[A-Z]+\)/,
    );
  });

  it('of a process that was faster is kept', () => {
    let winner: string | undefined;
    const whileAnotherStarts = (length: number) => {
      if (winner === undefined) {
        winner = '';
        openKeyFile(file, randomBytes);
        winner = readFileSync(file, 'utf8');
      }
      return randomBytes(length);
    };
    const ring = openKeyFile(file, whileAnotherStarts);
    expect(readFileSync(file, 'utf8')).toBe(winner);
    expect(keyMarks(ring)).toEqual(keyMarks(openKeyFile(file, randomBytes)));
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it.each([0o640, 0o604, 0o620, 0o644, 0o666])('of mode %o is refused, with what to do', (mode) => {
    openKeyFile(file, randomBytes);
    chmodSync(file, mode);
    expect(() => openKeyFile(file, randomBytes)).toThrow(KeyFileRefused);
    expect(() => openKeyFile(file, randomBytes)).toThrow(/mode 06[0-7]{2}; .*chmod 600/);
  });

  it('notes who was erased, each once, until no backup from then opens any more', () => {
    const noted = openKeyFile(file, randomBytes);
    const before = readFileSync(file, 'utf8');
    const [ann, bob] = ['ann', 'bob'].map((contact) => ({ contact, under: 'ann', keepOptOut: contact === 'bob' }));
    noted.noteErased([ann!]);
    noted.noteErased([ann!, bob!]);
    const other = openKeyFile(file, randomBytes);
    expect(other.erased).toEqual([
      { ...ann, epoch: 1 },
      { ...bob, epoch: 1 },
    ]);
    expect(keyMarks(other)).toEqual(keyMarks(noted));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    other.addEpoch();
    noted.noteErased([{ contact: 'cat', under: 'cat', keepOptOut: false }]);
    expect(noted.erased).toHaveLength(3);
    other.destroyOldEpochs();
    noted.refresh();
    expect(noted.erased).toEqual([{ contact: 'cat', under: 'cat', keepOptOut: false, epoch: 2 }]);
    other.addEpoch();
    other.destroyOldEpochs();
    expect(openKeyFile(file, randomBytes).erased).toEqual([]);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(
      Object.keys(JSON.parse(before) as object),
    );
  });

  it('gets a further pepper, after all that were before', () => {
    const ring = openKeyFile(file, randomBytes);
    const other = openKeyFile(file, randomBytes);
    const [first] = ring.peppers;
    ring.addPepper();
    other.addPepper();
    const all = openKeyFile(file, randomBytes).peppers;
    expect(all.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(all[0].key.equals(first.key)).toBe(true);
    expect(new Set(keyMarks(other).map(({ mark }) => mark)).size).toBe(5);
    ring.refresh();
    expect(keyMarks(ring)).toEqual(keyMarks(other));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('of before peppers were rotated is read as it is, and written in the form of today', () => {
    const made = openKeyFile(file, randomBytes);
    const { peppers, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { peppers: object[] };
    writeFileSync(file, JSON.stringify({ ...rest, format: 'baton-keys/v1', pepper: peppers[0] }));
    const ring = openKeyFile(file, randomBytes);
    expect(keyMarks(ring)).toEqual(keyMarks(made));
    ring.addPepper();
    expect(keyMarks(openKeyFile(file, randomBytes)).slice(0, 2)).toEqual(keyMarks(made).slice(0, 2));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      format: 'baton-keys/v2',
      peppers: [peppers[0], { version: 2 }],
    });
  });

  it.each<[string, (text: string) => string]>([
    ['with a note of nobody', (text) => text.replace('"epochs"', '"erased": [{}], "epochs"')],
    ['cut short', (text) => text.slice(0, -20)],
    ['empty', () => ''],
    ['of another format', (text) => text.replace('baton-keys/v2', 'baton-keys/v9')],
    ['of before peppers were rotated, without one', (text) => text.replace('baton-keys/v2', 'baton-keys/v1')],
    ['without its first pepper', (text) => text.replace('"version": 1', '"version": 2')],
    ['with a pepper twice', (text) => text.replace(/"peppers": \[([^\]]*)\]/, '"peppers": [$1, $1]')],
    ['without epochs', (text) => JSON.stringify({ ...(JSON.parse(text) as object), epochs: [] })],
    ['with an epoch twice', (text) => text.replace(/"epochs": \[([^\]]*)\]/, '"epochs": [$1, $1]')],
    ['with a short secret', (text) => text.replace(/("installationSecret": "[^"]{40})[^"]*"/, '$1"')],
    ['with a secret in another spelling', (text) => text.replace(/("installationSecret": "[^"]{43})"/, '$1="')],
  ])('%s is refused, and no part of it shown or replaced', (_, damage) => {
    openKeyFile(file, randomBytes);
    const text = readFileSync(file, 'utf8');
    const secrets = [...text.matchAll(/"([\w-]{43})"/g)].map(([, secret]) => secret!.slice(0, 12));
    expect(secrets).toHaveLength(3);
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    writeFileSync(file, damaged);
    const shown = refusalOf(() => openKeyFile(file, randomBytes));
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });
});

function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(KeyFileRefused);
    return String((error as Error).stack) + JSON.stringify(error);
  }
  throw new Error('was not refused');
}
