import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEventKeys, formatEventKeys, verifyEventSignature, type EventKeys } from '../libs/contracts/event-keys.js';
import { leafOf } from '../libs/contracts/leaf.js';
import { KEY_NAME } from '../libs/event-signing/signing-key.js';
import { announcedKeys } from '../libs/log-decisions/announced-keys.js';
import { openSigningKey } from '../libs/note-keys/signing-key-file.js';
import { formatVkey, idHex, SIGNATURE_TYPE } from '../libs/transparency-log/note-key.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';

let dataDir: string;
let baton: TestBaton;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-keys-'));
  baton = await startBaton({ dataDir });
});
afterAll(async () => {
  await baton.stop();
  await rm(dataDir, { recursive: true });
});

const keyFile = (name = ''): string => join(dataDir, `event-signing.key${name}`);
const open = (name?: string) => openSigningKey(keyFile(name), KEY_NAME, SIGNATURE_TYPE.ed25519, randomBytes).key;
const announce = (vkey: string) => baton.as('root').post('/audit/event-keys/announce', { vkey });
const retire = (id: number) => baton.as('root').post('/audit/event-keys/retire', { key: idHex(id), reason: 'rotated' });
const team = (name: string) => baton.as('root').done(`/teams/${name}/form`, { kind: 'sales', name });

async function keys(): Promise<EventKeys> {
  const announced = await announcedKeys(baton.store);
  if (!announced.ok) throw new Error(announced.problem);
  expect(parseEventKeys(Buffer.from(formatEventKeys(announced.value)))).toEqual(announced);
  return announced.value;
}

it('A key is rotated: announced by the one before it, used after a restart, the old one retired; all events verify', async () => {
  const old = open();
  await team('first');
  await copyFile(keyFile(), keyFile('.kept'));
  const next = open('.next');
  expect((await announce(formatVkey(next))).status).toBe(200);
  expect((await retire(old.id)).status).toBe(409);
  // Both are in use: what is written before the restart is signed by the old one.
  await team('second');
  await rename(keyFile('.next'), keyFile());
  await baton.stop();
  baton = await startBaton({ dataDir });
  await team('third');
  expect((await retire(old.id)).status).toBe(200);
  expect((await retire(next.id)).status).toBe(409);
  await team('fourth');

  const announced = await keys();
  expect([...announced].map(([id, { until }]) => [id, until !== undefined])).toEqual([
    [idHex(old.id), true],
    [idHex(next.id), false],
  ]);
  const events = await baton.events();
  const signers = events
    .filter(({ type }) => type === 'TeamFormed.v1')
    .map(({ metadata }) => (metadata['sig'] as { key: string }).key);
  expect(signers).toEqual([old, old, next, next].map(({ id }) => idHex(id)));
  for (const event of events) expect(verifyEventSignature(leafOf(event, undefined), announced).ok).toBe(true);
}, 60_000);

it('A key that was retired, or was never announced, does not start', async () => {
  await baton.stop();
  const now = keyFile('.now');
  await rename(keyFile(), now);
  await copyFile(keyFile('.kept'), keyFile());
  await expect(startBaton({ dataDir })).rejects.toThrow(/was retired at/);
  await rm(keyFile());
  open();
  await expect(startBaton({ dataDir })).rejects.toThrow(/is not announced/);
  await rm(keyFile());
  await rename(now, keyFile());
  baton = await startBaton({ dataDir });
  await team('fifth');
}, 60_000);
