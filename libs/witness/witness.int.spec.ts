import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describeGolden, golden } from '../transparency-log/golden.spec-kit.js';
import { EMPTY_ROOT, leafHash } from '../transparency-log/merkle-hash.js';
import { noteKey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { parseNote, verifyNote } from '../transparency-log/signed-note.js';
import { openWitnessState } from './sqlite-witness-state.js';
import { Witness } from './witness.js';
import { logSigner, openWitness, ORIGIN, PostingLog, requestOf, witnessSigner } from './witness.spec-kit.js';

interface Conversation {
  readonly log: { readonly origin: string; readonly publicKeyHex: string };
  readonly requests: readonly { readonly body: string; readonly expectStatusC2SP: number; readonly assert: string }[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const said = (answer: object): string => ('lines' in answer ? String(answer.lines) : JSON.stringify(answer));

describeGolden('the golden conversation', () => {
  const { log, requests = [] } = golden<Conversation>('tlog-witness/add-checkpoint.json');

  it('goes as it should, request by request', () => {
    const key = noteKey(log.origin, SIGNATURE_TYPE.ed25519, Buffer.from(log.publicKeyHex, 'hex'));
    const { post, state } = openWitness([key]);
    for (const { body, expectStatusC2SP, assert } of requests) {
      const answer = post(body);
      expect([body, answer.status]).toEqual([body, expectStatusC2SP]);
      if (answer.status === 409) expect(`body == ${JSON.stringify(`${answer.size}\n`)}`).toBe(assert);
      else expect(said(answer)).toContain(/"(.*)"/.exec(assert)?.[1]);
    }
    expect(state.cosigned(sha256(log.origin))?.size).toBe(5);
    state.close();
  });
});

const log = new PostingLog(300);

describe('a witness', () => {
  it('cosigns a log as it grows, with its own time, and shows what it cosigned last', async () => {
    const { post, state, time } = openWitness();
    expect(state.cosigned(sha256(ORIGIN))).toBeUndefined();
    for (const [oldSize, size] of [
      [0, 3],
      [3, 3],
      [3, 257],
      [257, 300],
    ] as const) {
      time.ms += 60_000;
      const answer = post(await log.request(oldSize, size));
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      const note = parseNote(log.checkpoint(size) + answer.lines);
      const verified = note.ok ? verifyNote(note.value, [witnessSigner.key]) : note;
      expect(verified).toMatchObject({ ok: true, value: [{ time: Math.floor(time.ms / 1_000) }] });
      expect(state.cosigned(sha256(ORIGIN))?.note).toBe(log.checkpoint(size) + answer.lines);
    }
  });

  it('says no earlier time for a larger tree, though its clock runs back', async () => {
    const { post, state, time } = openWitness();
    post(await log.request(0, 3));
    time.ms -= 3_600_000;
    expect(post(await log.request(3, 5)).status).toBe(200);
    expect(state.cosigned(sha256(ORIGIN))?.time).toBe(1_700_000_000);
  });

  it('cosigns an empty log, once with the empty root only', () => {
    const { post } = openWitness();
    expect(post(requestOf(0, [], log.checkpoint(0, leafHash(Buffer.of(1)))))).toEqual({
      status: 422,
      problem: 'a tree of size 0 has the empty root',
    });
    expect(post(requestOf(0, [], log.checkpoint(0, EMPTY_ROOT))).status).toBe(200);
    expect(post(requestOf(0, [], log.checkpoint(0, EMPTY_ROOT))).status).toBe(200);
    expect(post(requestOf(0, [], log.checkpoint(2))).status).toBe(200);
  });

  it('takes no proof from the empty tree', () => {
    const { post, state } = openWitness();
    const answer = post(requestOf(0, [leafHash(Buffer.of(1))], log.checkpoint(5)));
    expect(answer).toEqual({ status: 422, problem: 'invalid consistency proof' });
    expect(state.cosigned(sha256(ORIGIN))).toBeUndefined();
  });

  const HASH = leafHash(Buffer.of(1));
  it.each([
    ['an old size larger than the checkpoint', requestOf(6, [], log.checkpoint(5))],
    ['no old size', requestOf('', [], log.checkpoint(5))],
    ['a padded old size', requestOf('05', [], log.checkpoint(5))],
    ['a negative old size', requestOf('-1', [], log.checkpoint(5))],
    ['an old size with a blank after it', requestOf('5 ', [], log.checkpoint(5))],
    ['64 proof lines', requestOf(1, Array<Buffer>(64).fill(HASH), log.checkpoint(5))],
    ['a short proof line', requestOf(1, [HASH.subarray(1)], log.checkpoint(5))],
    ['no empty line', requestOf(1, [], log.checkpoint(5)).replace('\n\n', '\n')],
    ['no newline at the end', requestOf(1, [], log.checkpoint(5)).slice(0, -1)],
    ['a checkpoint without a size', requestOf(1, [], log.checkpoint(5).replace('\n5\n', '\n'))],
    ['an empty body', ''],
  ])('answers 400 to %s', (_, body) => {
    expect(openWitness().post(body).status).toBe(400);
  });

  it('answers 400 to bytes that are no UTF-8', () => {
    const { witness } = openWitness();
    expect(
      witness.addCheckpoint(Buffer.concat([Buffer.from(requestOf(0, [], log.checkpoint(5))), Buffer.of(0xff, 10)])),
    ).toMatchObject({ status: 400 });
  });

  it('answers 404 to another log and 403 where the log did not sign', () => {
    const { post } = openWitness();
    expect(post(requestOf(0, [], log.checkpoint(5)).replaceAll(ORIGIN, 'other.example')).status).toBe(404);
    const unsigned = log
      .checkpoint(5)
      .replace(/— log.example\/baton .*/, (line) => line.replace('log.example', 'x.example'));
    expect(post(requestOf(0, [], unsigned)).status).toBe(403);
  });

  it('keeps nothing of what others wrote below a checkpoint', () => {
    const { post, state } = openWitness();
    const stranger = `${log.checkpoint(5)}— stranger.example AAAAAAAA\n`;
    expect(post(requestOf(0, [], stranger)).status).toBe(200);
    expect(state.cosigned(sha256(ORIGIN))?.note).not.toContain('stranger');
  });
});

describe('a log with two histories under one key', () => {
  const other = new PostingLog(300, { from: 2 });

  it('is refused at the same size, and both checkpoints are kept', async () => {
    const { post, state } = openWitness();
    expect(post(await log.request(0, 10)).status).toBe(200);
    expect(post(await other.request(10, 10))).toMatchObject({ status: 422, suspicion: 'fork' });
    const kept = { suspicion: 'fork', at: 1_700_000_000, posted: other.checkpoint(10) };
    expect(state.evidence(sha256(ORIGIN))).toEqual([{ ...kept, cosigned: state.cosigned(sha256(ORIGIN))?.note }]);
    expect(state.cosigned(sha256(ORIGIN))?.note).toContain(log.checkpoint(10));
  });

  it('is caught also by a request that only asks for the size', async () => {
    const { post, state } = openWitness();
    post(await log.request(0, 10));
    expect(post(await other.request(0, 10))).toEqual({ status: 409, size: 10 });
    expect(state.evidence(sha256(ORIGIN))).toHaveLength(1);
  });

  it('is refused when it grows, and kept once however often it asks', async () => {
    const { post, state } = openWitness();
    post(await log.request(0, 10));
    for (let again = 0; again < 3; again += 1)
      expect(post(await other.request(10, 20))).toMatchObject({ status: 422, suspicion: 'unproven' });
    expect(state.evidence(sha256(ORIGIN))).toHaveLength(1);
    expect(state.evidenceCount()).toBe(1);
  });
});

describe('the state', () => {
  it('holds across a restart, and between two witnesses on one file', async () => {
    const first = openWitness();
    expect(first.post(await log.request(0, 10)).status).toBe(200);
    const second = openWitness([logSigner.key], first.folder);
    expect(second.post(await log.request(0, 5))).toEqual({ status: 409, size: 10 });
    expect(second.post(await log.request(10, 20)).status).toBe(200);
    expect(first.post(await log.request(10, 15))).toEqual({ status: 409, size: 20 });
    first.state.close();
    second.state.close();
    expect(statSync(join(first.folder, 'witness.sqlite')).mode & 0o777).toBe(0o600);
    const third = openWitnessState(join(first.folder, 'witness.sqlite'));
    const witness = new Witness({ signer: witnessSigner, logKeys: [logSigner.key], state: third, clock: () => 0 });
    expect(witness.addCheckpoint(Buffer.from(await log.request(20, 30))).status).toBe(200);
    third.close();
  });
});
