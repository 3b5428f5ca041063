import { randomInt } from 'node:crypto';
import { describeWithOwnKafka, ownBroker, type TestBroker } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import { faultCount, RelayedWorld } from './relayed-world.spec-kit.js';
import { TcpFaultProxy, type ProxyMode } from './tcp-fault-proxy.spec-kit.js';

const LONGEST_MS = 240_000 + faultCount(0) * 20_000;

describeWithOwnKafka('a relay between store and Kafka', () => {
  let broker: Required<TestBroker>;
  let proxy: TcpFaultProxy;
  let world: RelayedWorld;
  beforeAll(async () => {
    proxy = await TcpFaultProxy.start();
    broker = await ownBroker({ proxyPort: proxy.port });
    proxy.targetPort = broker.server.proxiedPort;
  }, LONGEST_MS);
  beforeEach(async () => {
    world = await RelayedWorld.open(broker.address);
  }, LONGEST_MS);
  afterEach(() => world.close());
  afterAll(async () => {
    await proxy.stop();
    await broker.dispose();
  });

  it(
    'F2: killed -9 before a commit, after it, and at random, loses and doubles nothing',
    async () => {
      const kills = faultCount(6);
      world.load();
      for (let n = 0; n < kills; n += 1) {
        const step = (['sent', 'committed', undefined] as const)[n % 3];
        const begun = world.position;
        const relay = world.relay(step ? { killAt: { step, count: randomInt(1, 8) } } : {});
        if (step === undefined) {
          const more = randomInt(1, 1_000);
          await relay.until(() => relay.position >= begun + more);
          relay.signal('SIGKILL');
        }
        expect(await relay.ended).toBe('SIGKILL');
      }
      await world.check(`F2: relay killed -9 ${kills} times`, await world.settle(world.relay()));
    },
    LONGEST_MS,
  );

  it(
    'F6: stopped while another takes over, and going on again, it is put out and doubles nothing',
    async () => {
      const rounds = faultCount(2);
      world.load();
      let current = world.relay();
      for (let round = 0; round < rounds; round += 1) {
        const [stopped, begun] = [current, world.position];
        await stopped.until(() => stopped.position > begun + randomInt(100, 500));
        stopped.signal('SIGSTOP');
        current = world.relay();
        const taken = world.position;
        await current.until(() => current.position > taken + 500);
        stopped.signal('SIGCONT');
        await stopped.until(() => stopped.lines.some(({ did }) => did === 'stands-by'));
        expect(stopped.lines.filter(({ fault }) => fault !== undefined)).toMatchObject([{ kind: 'fenced' }]);
        stopped.signal('SIGKILL');
        await stopped.ended;
      }
      await world.check(`F6: relay stopped and put out ${rounds} times`, await world.settle(current));
    },
    LONGEST_MS,
  );

  it(
    'F10: away, half-open, slow and reset in mid-frame, the network costs time, nothing else',
    async () => {
      const rounds = Math.ceil(faultCount(4) / 4);
      world.load();
      const settings = { ...world.settings, brokers: [`127.0.0.1:${proxy.port}`] };
      const relay = world.relay({ settings });
      const faults = (): number => relay.lines.filter(({ fault }) => fault !== undefined).length;
      for (const mode of Array.from({ length: rounds }, (): ProxyMode[] => [
        'away',
        'half-open',
        'slow',
        'reset',
      ]).flat()) {
        const [begun, before] = [relay.position, faults()];
        await relay.until(() => relay.position > begun + 300);
        const healthy = relay.position;
        await proxy.become(mode);
        // A slow network still carries; each other one is noticed.
        await relay.until(() => (mode === 'slow' ? relay.position > healthy + 300 : faults() > before));
        await proxy.become('through');
      }
      await world.check(`F10: ${rounds} times away, half-open, slow, reset`, await world.settle(relay));
    },
    LONGEST_MS,
  );

  it(
    'goes on after the broker was killed -9 under load and started again',
    async () => {
      const kills = faultCount(2);
      world.load();
      const relay = world.relay();
      for (let n = 0; n < kills; n += 1) {
        const begun = relay.position;
        await relay.until(() => relay.position > begun + randomInt(200, 1_500));
        await broker.server.end('SIGKILL');
        await broker.server.start();
      }
      await world.check(`broker killed -9 ${kills} times`, await world.settle(relay));
    },
    LONGEST_MS,
  );
});
