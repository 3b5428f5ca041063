import { RevisionGap } from './projection.js';
import { recordedAll } from './projection.spec-kit.js';
import { sift as siftBatch, type Marks } from './sift.js';
import { step } from './step-projection.spec-kit.js';

const known = (type: string): boolean => type === 'Stepped.v1';
const [a0, a1, a2] = recordedAll([{ stream: 'walk-a', events: [step(), step({}, 'Stepped.v9'), step()] }]) as [
  ReturnType<typeof recordedAll>[number],
  ReturnType<typeof recordedAll>[number],
  ReturnType<typeof recordedAll>[number],
];
const any = (): boolean => true;
const sift = (events: Parameters<typeof siftBatch>[0], before: Marks, handles: (type: string) => boolean) =>
  siftBatch(events, before, handles, new Set());
const at = (revision: number, parked = false) => new Map([['walk-a', { revision, parked }]]);

describe('sifting a batch', () => {
  it('takes what follows and drops what was seen, within the batch too', () => {
    const sifted = sift([a0, a1, a0, a1, a2], at(0), any);
    expect(sifted.fresh).toEqual([a1, a2]);
    expect(sifted.marks).toEqual(at(2));
  });

  it('moves no mark where nothing is new', () => {
    expect(sift([a0, a1], at(1), any)).toEqual({ fresh: [], aside: [], marks: new Map() });
  });

  it('does not go over a gap', () => {
    expect(() => sift([a2], at(0), any)).toThrow(RevisionGap);
    expect(() => sift([a1], new Map(), any)).toThrow('walk-a: revision 1 came where 0 follows');
  });

  it('lays aside an unknown type and all behind it', () => {
    const { fresh, aside, marks } = sift([a0, a1, a2], new Map(), known);
    expect(fresh).toEqual([a0]);
    expect(aside).toEqual([
      { event: a1, unknownType: true },
      { event: a2, unknownType: false },
    ]);
    expect(marks).toEqual(at(0, true));
  });

  it('lays aside whatever comes for a parked stream', () => {
    expect(sift([a0, a1, a2], at(0, true), any)).toMatchObject({ fresh: [], aside: [{ event: a1 }, { event: a2 }] });
  });

  it('passes over what an operator skipped, of unknown type too, and goes on behind it', () => {
    const { fresh, aside, marks } = siftBatch([a0, a1, a2], new Map(), known, new Set(['walk-a@1']));
    expect(fresh).toEqual([a0, a2]);
    expect(aside).toEqual([]);
    expect(marks).toEqual(at(2));
  });
});
