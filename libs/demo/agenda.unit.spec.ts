import fc from 'fast-check';
import { Agenda } from './agenda.js';

describe('Agenda', () => {
  it('gives the earliest first, and of the same time what was noted first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const agenda = new Agenda();
        const appointments = times.map((at) => ({ at, act: () => undefined }));
        appointments.forEach((one) => agenda.note(one));
        const taken = appointments.map(() => agenda.next()?.act);
        expect(taken).toEqual(appointments.toSorted((a, b) => a.at - b.at).map(({ act }) => act));
        expect(agenda.next()).toBeUndefined();
      }),
    );
  });
});
