import type { Refusal } from '../decider/decision.js';
import { pointerOfField } from './json-pointer.js';
import { PROBLEMS, slugOfStatus } from './problem.js';
import { problemOfRefusal } from './refusal-problem.js';

describe('a refusal as a problem', () => {
  it.each<[Refusal, number, object]>([
    [{ code: 'forbidden', rule: 'Only managers do.' }, 403, { detail: 'Only managers do.' }],
    [{ code: 'not-found', what: 'lead' }, 404, { detail: 'There is no such lead.' }],
    [
      { code: 'illegal-transition', state: 'lost', allowed: ['recycle'], rule: 'It is lost.' },
      409,
      { state: 'lost', allowed: ['recycle'], detail: 'It is lost.' },
    ],
    [{ code: 'duplicate', leadId: 'l-1' }, 409, { leadId: 'l-1' }],
    [{ code: 'conflict', rule: 'The name is taken.' }, 409, { detail: 'The name is taken.' }],
    [
      { code: 'invalid', field: 'profile.industry', rule: 'must be known' },
      422,
      { errors: [{ field: '/profile/industry', rule: 'must be known' }] },
    ],
  ])('%j', (refusal, status, members) => {
    const { problem } = problemOfRefusal(refusal);
    expect(problem).toEqual({
      type: `urn:baton:problem:${refusal.code}`,
      title: PROBLEMS[refusal.code].title,
      status,
      ...members,
    });
  });
});

describe('kinds of problem', () => {
  it('are found by the statuses that frameworks choose', () => {
    expect([400, 405, 413, 415, 431, 500, 502, 503].map(slugOfStatus)).toEqual([
      'malformed',
      'malformed',
      'body-too-large',
      'unsupported-media-type',
      'headers-too-large',
      'internal',
      'internal',
      'overloaded',
    ]);
  });
});

describe('a pointer', () => {
  it('stays one, or is made from the domain’s dotted name', () => {
    expect(['/a/b', 'a.b', 'rows.3.a/b~c', ''].map(pointerOfField)).toEqual(['/a/b', '/a/b', '/rows/3/a~1b~0c', '']);
  });
});
