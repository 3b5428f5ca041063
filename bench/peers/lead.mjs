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

export function create({ data, metadata }, state) {
  if (state.status !== 'none') throw new Error('the lead is there already');
  const points = [{ criterion: 'industry', input: data.profile?.industry ?? null, points: 30 }];
  return [
    { type: 'LeadCreated', data, metadata },
    { type: 'LeadScored', data: { points, total: 30, threshold: 50, passed: false }, metadata },
  ];
}
