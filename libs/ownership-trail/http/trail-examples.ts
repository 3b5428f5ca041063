/** What the routes of the trail answer, for the API's description. */

const CHECKPOINT = {
  origin: 'baton.example/trail',
  size: 1024,
  root: '9f2c1f5b8a7d4e60b3c2a1908f7e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c',
  note: 'baton.example/trail\n1024\nnywfW4p9TmCzwqGQj35tXEs6KRgXBvXk08KxoJ+OfWw=\n\n— baton.example/trail …\n',
};
const MARIA = { kind: 'human', id: 'maria', role: 'marketing', team: 'north-marketing' };
const SVEN = { kind: 'human', id: 'sven', role: 'sales', team: 'north-sales' };

const WORKED = {
  role: 'worker',
  team: 'north-sales',
  person: 'sven',
  since: '2026-03-02T10:15:00.000Z',
  index: 812,
  revision: 4,
  recordedAt: '2026-03-02T10:15:00.123Z',
  by: SVEN,
  ended: {
    until: '2026-03-09T16:00:00.000Z',
    index: 977,
    revision: 7,
    recordedAt: '2026-03-09T16:00:00.456Z',
    by: SVEN,
    reason: 'not-now',
  },
};
const LEAD = '935495d8-3bf2-80f6-9542-088c7f9aba27';

export const LEAD_EXAMPLE = {
  lead: LEAD,
  revision: 7,
  checkpoint: CHECKPOINT,
  intervals: [
    {
      role: 'steward',
      team: 'north-marketing',
      person: 'maria',
      since: '2026-03-01T09:00:00.000Z',
      index: 790,
      revision: 0,
      recordedAt: '2026-03-01T09:00:00.020Z',
      by: MARIA,
    },
    WORKED,
  ],
};

export const HELD_EXAMPLE = { intervals: [{ lead: LEAD, ...WORKED }], checkpoint: CHECKPOINT };

export const CHANGES_EXAMPLE = {
  changes: [
    {
      index: 977,
      lead: LEAD,
      revision: 7,
      type: 'LeadRecycled.v1',
      occurredAt: '2026-03-09T16:00:00.000Z',
      recordedAt: '2026-03-09T16:00:00.456Z',
      effectiveAt: '2026-03-09T16:00:00.000Z',
      by: SVEN,
      reason: 'not-now',
      state: { from: 'working.contacted', to: 'nurturing' },
      changed: [{ role: 'worker', from: { team: 'north-sales', person: 'sven' }, to: null }],
    },
  ],
  checkpoint: CHECKPOINT,
};

export const PROOF_EXAMPLE = {
  format: 'baton-bundle-v1',
  stream: `lead-${LEAD}`,
  checkpoint: CHECKPOINT.note,
  leaves: [{ index: 790, proof: 'c2sp.org/tlog-proof@v1\nextra …\nindex 790\n…\n\n…', before: 768, after: 800 }],
  checkpoints: [{ size: 768, first: 'baton.example/trail\n768\n…', proof: ['…'] }],
};
