import { OffersUnderWay } from './offers-under-way.js';

const offerOf = (lead: string, person = 'sven') => ({
  lead,
  offeree: { team: 'north', person },
  offeredAt: '2026-01-01T00:00:00.000Z',
});

function promised() {
  let resolve = (): void => undefined;
  let reject = (_: Error): void => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

describe('Offers under way', () => {
  it('are counted until the views have them, or are waited for no longer', async () => {
    const offers = new OffersUnderWay();
    const [one, two] = [promised(), promised()];
    await offers.add(offerOf('1'), one.promise);
    await offers.add(offerOf('2'), two.promise);
    expect(offers.all.map(({ lead }) => lead)).toEqual(['1', '2']);
    one.resolve();
    two.reject(new Error('the views are away'));
    await offers.settled();
    expect(offers.all).toEqual([]);
  });

  it('of one lead count once, and the later one stays when the earlier is seen', async () => {
    const offers = new OffersUnderWay();
    const [early, late] = [promised(), promised()];
    await offers.add(offerOf('1', 'sven'), early.promise);
    await offers.add(offerOf('1', 'sara'), late.promise);
    early.resolve();
    await early.promise;
    await Promise.resolve();
    expect(offers.all.map(({ offeree }) => offeree.person)).toEqual(['sara']);
    late.resolve();
    await offers.settled();
    expect(offers.all).toEqual([]);
  });

  it('are not more than so many: the next waits until the views have one', async () => {
    const offers = new OffersUnderWay(2);
    const [one, two] = [promised(), promised()];
    await offers.add(offerOf('1'), one.promise);
    let isAdded = false;
    const added = offers.add(undefined, two.promise).then(() => (isAdded = true));
    await Promise.resolve();
    expect(isAdded).toBe(false);
    two.resolve();
    await added;
    expect(offers.all.map(({ lead }) => lead)).toEqual(['1']);
    one.resolve();
    await offers.settled();
  });
});
