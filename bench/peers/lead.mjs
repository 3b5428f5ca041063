/** A lead as somebody would write it with emmett: the events of a lead's first days, about as large as Baton's. */

export const initialState = () => ({ status: 'none', touches: 0, behaviours: [] });

export function evolve(state, { type, data }) {
  switch (type) {
    case 'LeadCreated':
      return { ...state, status: 'captured', source: data.source, topic: data.topic, steward: data.steward };
    case 'LeadScored':
      return { ...state, score: data.total };
    case 'LeadQualified':
      return { ...state, status: 'qualified' };
    case 'LeadHandedOff':
      return { ...state, status: 'offered', offeree: data.offeree };
    case 'HandoffAccepted':
      return { ...state, status: 'working', worker: data.worker };
    case 'LeadContacted':
      return { ...state, touches: state.touches + 1 };
    default:
      return state;
  }
}

export function contact({ data: { by, channel, direction }, metadata }, state) {
  if (state.status !== 'working') throw new Error(`a lead that is ${state.status} is not contacted`);
  return {
    type: 'LeadContacted',
    data: { by, channel, direction, twoWay: false, human: true, advances: false, findings: [] },
    metadata,
  };
}

const POLICY = {
  threshold: 50,
  criteria: [
    { criterion: 'industry', attribute: 'industry', anyOf: ['manufacturing'], points: 30 },
    { criterion: 'size', attribute: 'companySizeBand', anyOf: ['51-200'], points: 30 },
  ],
};

export function create({ data, metadata }, state) {
  if (state.status !== 'none') throw new Error('the lead is there already');
  const points = POLICY.criteria.map(({ criterion, attribute, anyOf, points: most }) => {
    const input = data.profile?.[attribute] ?? null;
    return { criterion, input, points: anyOf.includes(input) ? most : 0 };
  });
  const total = points.reduce((sum, one) => sum + one.points, 0);
  const { threshold } = POLICY;
  return [
    { type: 'LeadCreated', data, metadata },
    { type: 'LeadScored', data: { points, total, threshold, passed: total >= threshold }, metadata },
  ];
}
