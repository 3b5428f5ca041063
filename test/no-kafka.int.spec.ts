import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testSettings } from '../libs/kafka-client/kafka-broker.spec-kit.js';
import { KafkaTarget } from '../libs/event-relay/kafka/kafka-target.js';
import { KafkaFeed } from '../libs/event-feed/kafka/kafka-feed.js';

type Opening = (address: string) => Promise<unknown>;
const FEED: Opening = (address) =>
  KafkaFeed.open({ settings: testSettings(address), clientId: 'spec', newGroup: randomUUID });
const RELAY: Opening = (address) => new KafkaTarget({ settings: testSettings(address), newNonce: randomUUID }).begin();

it.each([
  ['feed', FEED],
  ['relay', RELAY],
])('a %s names the setting and the address where another kind of server answers, or none', async (_which, open) => {
  const other = createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const line = new RegExp(
    `^Kafka cannot be used now \\(.+\\): check BATON_KAFKA \\(${address}\\), and whether Kafka runs`,
  );
  await expect(open(address)).rejects.toThrow(line);
  other.closeAllConnections();
  other.close();
  await once(other, 'close');
  await expect(open(address)).rejects.toThrow(line);
});
