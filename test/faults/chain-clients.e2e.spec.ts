import { get } from 'node:http';
import { describeWithOwnKafka } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import { until } from '../until.spec-kit.js';
import { soon, type Chain } from './chain.spec-kit.js';
import { ChainTrial } from './chain-trial.spec-kit.js';
import { limitHandles, useOf } from './process-use.spec-kit.js';
import { faultCount } from './relayed-world.spec-kit.js';
import { SlowSenders } from './slow-senders.spec-kit.js';

const LONGEST_MS = 240_000 + faultCount(0) * 20_000;
const SLOW_CLIENTS = 200;
const MANY_CLIENTS = 100;
/** So long the loop stands at a time: more than readiness suffers. */
const BLOCKED_MS = 1_500;
const MOST_MEGABYTES = 500;

describeWithOwnKafka('clients of the chain of services', () => {
  let trial: ChainTrial;
  let chain: Chain;
  beforeAll(async () => {
    trial = await ChainTrial.open();
    chain = trial.chain;
  }, LONGEST_MS);
  afterAll(() => trial.dispose());

  /** The status, 0 for no answer; over a connection of its own, for a kept one needs no handle. */
  const readyz = async (): Promise<number> => {
    const url = await chain.process('lead-api').url;
    return new Promise((resolve) => {
      const asked = get(`${url}/readyz`, { agent: false, timeout: 3_000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.once('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.once('error', () => resolve(0));
    });
  };
  /** The answer to a question that waited while the loop stood, with a short window before it. */
  const blocked = async (): Promise<number> => {
    await readyz();
    chain.process('lead-api').kill('SIGSTOP');
    const answer = readyz();
    await new Promise((resolve) => setTimeout(resolve, BLOCKED_MS));
    chain.process('lead-api').kill('SIGCONT');
    return answer;
  };
  const becomes = (isReady: boolean): Promise<unknown> =>
    until(
      async () => {
        await soon();
        return readyz();
      },
      (status) => (status === 200) === isReady,
      `lead-api ${isReady ? 'ready' : 'unready'}`,
      30_000,
    );

  it(
    'F20: a blocked event loop, handles that are used up and clients that send slowly cost time, and readiness says so',
    async () => {
      const rounds = Math.ceil(faultCount(1) / 20);
      const { pid } = chain.process('lead-api');
      const before = await useOf(pid);
      await trial.underLoad(`F20: lead-api blocked, out of handles, sent to slowly ${rounds} times`, async () => {
        for (let n = 0; n < rounds; n += 1) {
          const slow = new SlowSenders(await chain.process('lead-api').url, SLOW_CLIENTS);
          await chain.whenAnswered(12);
          // Somebody else's look may end the window with the long turn in it: then it is blocked once more.
          await until(blocked, (status) => status === 503, 'lead-api unready after it was blocked', 60_000);
          await becomes(true);
          const { handles } = await useOf(pid);
          const usual = await limitHandles(pid, handles + 5);
          const many = new SlowSenders(await chain.process('lead-api').url, MANY_CLIENTS);
          await becomes(false);
          many.end();
          await limitHandles(pid, usual);
          await becomes(true);
          await chain.whenAnswered(12);
          await slow.turnedAway();
        }
        return 'readiness failed each time, slow clients were turned away';
      });
      const after = await useOf(pid);
      process.stderr.write(`V10: lead-api ${JSON.stringify(before)} before, ${JSON.stringify(after)} after\n`);
      expect(after.megabytes).toBeLessThan(MOST_MEGABYTES);
      expect(after.handles).toBeLessThan(before.handles + 40);
    },
    LONGEST_MS,
  );
});
