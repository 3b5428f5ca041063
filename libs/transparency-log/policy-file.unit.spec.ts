import { cosign } from './cosignature.js';
import { formatCheckpoint } from './checkpoint.js';
import { leafHash } from './merkle-hash.js';
import { formatVkey, SIGNATURE_TYPE } from './note-key.js';
import { noteSigner } from './note-signer.js';
import { parsePolicy } from './policy-file.js';
import { formatNote, signText } from './signed-note.js';
import type { TlogPolicy } from './tlog-policy.js';
import { trustCheckpoint } from './trusted-checkpoint.js';

const seed = (fill: number): Buffer => Buffer.alloc(32, fill);
const log = noteSigner('example.com/log', SIGNATURE_TYPE.ed25519, seed(1));
const witnesses = [11, 12, 13, 14, 15].map((fill) =>
  noteSigner(`witness.example/${fill}`, SIGNATURE_TYPE.cosignature, seed(fill)),
);
const [x1 = '', x2 = '', x3 = '', y1 = '', y2 = ''] = witnesses.map(({ key }) => formatVkey(key));
const logLine = `log ${formatVkey(log.key)}`;

const policyOf = (text: string): TlogPolicy => {
  const policy = parsePolicy(Buffer.from(text));
  if (!policy.ok) throw new Error(policy.problem);
  return policy.value;
};
const problemOf = (text: string): string => {
  const policy = parsePolicy(Buffer.from(text));
  return policy.ok ? 'accepted' : policy.problem;
};

const TWO_GROUPS = `# whom we trust
${logLine} https://log.example/
\t witness  X1\t${x1}  https://w.example/prefix
witness X2 ${x2}
witness X3 ${x3}

group X-witnesses 2 X1 X2 X3
witness Y1 ${y1}
witness Y2 ${y2}
group Y-witnesses any Y1 Y2
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
  # the end
`;

const CHECKPOINT = formatCheckpoint({ origin: 'example.com/log', size: 1, root: leafHash(seed(0)), extensions: [] });
const cosigned = (times: Readonly<Record<number, number>>): string =>
  formatNote({
    text: CHECKPOINT,
    signatures: [
      signText(CHECKPOINT, log),
      ...Object.entries(times).map(([at, time]) => cosign(CHECKPOINT, time, witnesses[Number(at)]!)),
    ],
  });
const quorumOf = (times: Readonly<Record<number, number>>, text = TWO_GROUPS) => {
  const trusted = trustCheckpoint(cosigned(times), policyOf(text));
  return trusted.ok
    ? [trusted.value.quorum, trusted.value.times?.notBefore, trusted.value.times?.notAfter]
    : trusted.problem;
};

describe('a policy file', () => {
  it('says which logs and witnesses there are, and who together is enough', () => {
    const { logs, witnesses: known, quorum } = policyOf(TWO_GROUPS);
    expect(logs).toEqual([{ key: log.key, url: 'https://log.example/' }]);
    expect(known.map(({ name, url }) => [name, url])).toEqual([
      ['X1', 'https://w.example/prefix'],
      ['X2', undefined],
      ['X3', undefined],
      ['Y1', undefined],
      ['Y2', undefined],
    ]);
    expect(quorum).toMatchObject({ name: 'X-and-Y', threshold: 2, members: [{ threshold: 2 }, { threshold: 1 }] });
  });

  it('may name one witness as the quorum, or none', () => {
    expect(policyOf(`witness W ${x1}\nquorum W\n`).quorum).toMatchObject({ name: 'W' });
    expect(policyOf('quorum none\n').quorum).toBeUndefined();
    expect(policyOf(`${logLine}\nquorum none\nwitness late ${x1}\n`).witnesses).toHaveLength(1);
  });

  it('takes names as octets: the Kelvin sign is no K, and bytes that are no UTF-8 are a name too', () => {
    expect(problemOf(`witness K ${x1}\nquorum \u212a\n`)).toMatch(/not defined/);
    const raw = Buffer.concat([
      Buffer.from('witness '),
      Buffer.of(0xff),
      Buffer.from(` ${x1}\nquorum `),
      Buffer.of(0xff, 0x0a),
    ]);
    expect(parsePolicy(raw).ok).toBe(true);
    const spaced = noteSigner('Zoë', SIGNATURE_TYPE.cosignature, seed(30));
    expect(policyOf(`witness Zoë ${formatVkey(spaced.key)}\nquorum Zoë\n`).witnesses[0]?.key.name).toBe('Zoë');
  });

  it.each([
    ['no quorum', logLine + '\n', /no quorum/],
    ['two quorums', 'quorum none\nquorum none\n', /line 2 is a second quorum/],
    ['an unknown word', 'logs x\n', /line 1 begins with none/],
    ['a line cut short', `witness W ${x1}\nquorum W`, /line 2 does not end/],
    ['a carriage return', 'quorum none\r\n', /line 1 has a control character/],
    ['a delete character', '# \x7f\nquorum none\n', /control character/],
    ['a null character', '# \x00\nquorum none\n', /control character/],
    ['a quorum defined later', `quorum W\nwitness W ${x1}\n`, /line 1 names a quorum/],
    ['a member defined later', `group G any W\nwitness W ${x1}\nquorum G\n`, /line 1 has a member/],
    ['a group in itself', `witness W ${x1}\ngroup G any W G\nquorum G\n`, /not defined before/],
    ['a member twice', `witness W ${x1}\ngroup G 2 W W\nquorum G\n`, /in a group already/],
    ['a member of two groups', `witness W ${x1}\ngroup G any W\ngroup H any W\nquorum G\n`, /in a group already/],
    ['none as a member', `witness W ${x1}\ngroup G any W none\nquorum G\n`, /not defined before/],
    ['a witness called none', `witness none ${x1}\nquorum none\n`, /defines the name none/],
    ['a name twice', `witness W ${x1}\nwitness W ${x2}\nquorum W\n`, /a name a second time/],
    ['a group called as a witness', `witness W ${x1}\ngroup W any W\nquorum W\n`, /a name a second time/],
    ['a key twice', `witness V ${x1}\nwitness W ${x1}\nquorum W\n`, /witness key a second time/],
    ['a log twice', `${logLine}\n${logLine} https://x\nquorum none\n`, /log key a second time/],
    [
      'a log twice under two names',
      `${logLine}\nlog ${formatVkey(noteSigner('other', 1, seed(1)).key)}\nquorum none\n`,
      /log key a second time/,
    ],
    ['a witness key as a log', `log ${x1}\nquorum none\n`, /another type/],
    ['a log key as a witness', `witness W ${formatVkey(log.key)}\nquorum none\n`, /another type/],
    ['no key at all', 'witness W\nquorum none\n', /is not: witness/],
    ['a broken key', `witness W ${x1.slice(0, -2)}\nquorum none\n`, /key that is none/],
    ['too many items', `witness W ${x1} url more\nquorum none\n`, /is not: witness/],
    ['a group of nobody', `witness W ${x1}\ngroup G all\nquorum W\n`, /is not: group/],
    ['a threshold of 0', `witness W ${x1}\ngroup G 0 W\nquorum G\n`, /none or more/],
    ['a threshold of 01', `witness W ${x1}\ngroup G 01 W\nquorum G\n`, /none or more/],
    ['a threshold of more than all', `witness W ${x1}\ngroup G 2 W\nquorum G\n`, /none or more/],
    ['a threshold in words', `witness W ${x1}\ngroup G some W\nquorum G\n`, /none or more/],
    ['a quorum of two names', `witness W ${x1}\nquorum W W\n`, /is not: quorum/],
  ])('is refused with %s', (_, text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it('holds at least 32 logs, witnesses and groups, and has an end', () => {
    const many = Array.from({ length: 32 }, (_, at) => at);
    const lines = [
      ...many.map((at) => `log ${formatVkey(noteSigner(`l${at}`, 1, seed(100 + at)).key)}`),
      ...many.map((at) => `witness w${at} ${formatVkey(noteSigner(`w${at}`, 4, seed(140 + at)).key)}`),
      ...many.map((at) => `group g${at} any w${at}${at > 0 ? ` g${at - 1}` : ''}`),
      'quorum g31',
    ];
    expect(policyOf(`${lines.join('\n')}\n`).logs).toHaveLength(32);
    expect(problemOf(`#${'x'.repeat(300_000)}\nquorum none\n`)).toMatch(/bytes/);
  });
});

describe('a checkpoint under a policy', () => {
  it('has its quorum once enough witnesses of each group have signed', () => {
    expect(quorumOf({})).toEqual(['missing', undefined, undefined]);
    expect(quorumOf({ 0: 10, 1: 20 })).toEqual(['missing', undefined, undefined]);
    expect(quorumOf({ 0: 10, 3: 20 })).toEqual(['missing', undefined, undefined]);
    expect(quorumOf({ 0: 10, 1: 20, 4: 15 })).toEqual(['met', 10, 20]);
  });

  it('was seen between the bounds of the best quorum', () => {
    // X: any two of 10, 20, 30 (not before 20, not after 20); Y: one of 5, 40.
    expect(quorumOf({ 0: 10, 1: 20, 2: 30, 3: 5, 4: 40 })).toEqual(['met', 20, 20]);
    const twoOfThree = `${logLine}\nwitness a ${x1}\nwitness b ${x2}\nwitness c ${x3}\ngroup g 2 a b c\nquorum g\n`;
    expect(quorumOf({ 0: 100, 2: 300 }, twoOfThree)).toEqual(['met', 100, 300]);
  });

  it('is unwitnessed where the policy asks for nobody', () => {
    expect(quorumOf({ 0: 10 }, `${logLine}\nwitness X1 ${x1}\nquorum none\n`)).toEqual([
      'unwitnessed',
      undefined,
      undefined,
    ]);
  });

  it('is refused without its log’s signature, with a wrong one of anybody known, and from another log', () => {
    const policy = policyOf(TWO_GROUPS);
    const onlyWitness = formatNote({ text: CHECKPOINT, signatures: [cosign(CHECKPOINT, 10, witnesses[0]!)] });
    expect(trustCheckpoint(onlyWitness, policy)).toMatchObject({ problem: 'checkpoint: is not signed by its log' });
    const wrongTime = cosigned({ 0: 10 }).replace(/(witness.example\/11 [A-Za-z0-9+/]{10})../, '$1AB');
    expect(trustCheckpoint(wrongTime, policy)).toMatchObject({
      problem: 'checkpoint: invalid signature by witness.example/11',
    });
    const elsewhere = policyOf(`log ${formatVkey(noteSigner('other', 1, seed(1)).key)}\nquorum none\n`);
    expect(trustCheckpoint(cosigned({}), elsewhere)).toMatchObject({ ok: false });
  });

  it('is not counted twice by a witness that signed twice', () => {
    const twice = formatNote({
      text: CHECKPOINT,
      signatures: [
        signText(CHECKPOINT, log),
        ...[1, 2].map((time) => cosign(CHECKPOINT, time, witnesses[0]!)),
        cosign(CHECKPOINT, 3, witnesses[3]!),
      ],
    });
    expect(trustCheckpoint(twice, policyOf(TWO_GROUPS))).toMatchObject({ value: { quorum: 'missing' } });
  });
});
