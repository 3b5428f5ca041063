import type { EncodedAppend } from './encoded-append.js';
import type { AppendResult } from './event-store.js';
import { RecentEvents } from './recent-events.js';

const append = (stream: string, ...said: unknown[]): EncodedAppend => ({
  stream,
  expected: -1,
  events: said.map((data) => ({ id: String(data), type: 'Said.v1', body: JSON.stringify({ data, metadata: {} }) })),
  bytes: 0,
});
const at = (position: number, revision = 0): AppendResult => ({ ok: true, revision, position: String(position) });

describe('recent events', () => {
  let recent: RecentEvents;
  const said = (after: number, limit = 100) => recent.page({ after, limit })?.map(({ data }) => data);
  beforeEach(() => {
    recent = new RecentEvents();
    recent.openAt(10);
    recent.followed(1);
  });

  it('are what the file would give, from any place among them on', () => {
    recent.add(append('lead-a', 'one', 'two'), at(12, 1));
    recent.add(append('lead-b', 'three'), at(13));
    expect(recent.page({ after: 10, limit: 1 })).toEqual([
      { id: 'one', type: 'Said.v1', stream: 'lead-a', revision: 0, position: '11', data: 'one', metadata: {} },
    ]);
    expect(said(11)).toEqual(['two', 'three']);
    expect(said(12)).toEqual(['three']);
    expect(said(13)).toEqual([]);
  });

  it('do not answer for what came before them', () => {
    expect(said(10)).toBeUndefined();
    recent.add(append('lead-a', 'one'), at(11));
    expect(said(9)).toBeUndefined();
    expect(said(10)).toEqual(['one']);
  });

  it('take no conflict, no check and no repetition for news', () => {
    recent.add(append('lead-a', 'old'), at(4));
    recent.add(append('lead-a'), at(10));
    recent.add(append('lead-a', 'late'), { ok: false, reason: 'conflict', actual: 3 });
    expect(said(3)).toBeUndefined();
    recent.add(append('lead-a', 'one'), at(11));
    recent.add(append('lead-a', 'one'), at(11));
    expect(said(10)).toEqual(['one']);
  });

  it('begin anew behind a gap: the file may hold what nobody was told of', () => {
    recent.add(append('lead-a', 'one'), at(11));
    recent.add(append('lead-a', 'three'), at(13));
    expect(said(11)).toBeUndefined();
    expect(said(12)).toEqual(['three']);
  });

  it('are kept only while somebody follows', () => {
    recent.add(append('lead-a', 'one'), at(11));
    recent.followed(-1);
    recent.add(append('lead-a', 'two'), at(12));
    recent.followed(1);
    expect(said(10)).toBeUndefined();
    recent.add(append('lead-a', 'three'), at(13));
    expect(said(11)).toBeUndefined();
    expect(said(12)).toEqual(['three']);
  });

  it('are bounded by their number and their size', () => {
    for (let position = 11; position <= 5_000; position += 1) recent.add(append('lead-a', position), at(position));
    expect(said(10)).toBeUndefined();
    expect(said(4_000)).toHaveLength(100);
    for (let position = 5_001; position <= 5_010; position += 1)
      recent.add(append('lead-a', 'x'.repeat(500_000)), at(position));
    expect(said(5_000)).toBeUndefined();
    expect(said(5_009)).toHaveLength(1);
  });
});
