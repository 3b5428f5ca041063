import {
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
} from 'kafkajs';
import { isCoordinatorUnsettled, kafkaFault } from './kafka-fault.js';

const protocol = (type: string, retriable = false): Error =>
  new KafkaJSProtocolError({ name: 'x', message: 'canary', type, code: 1, retriable } as never);

describe('a fault of the driver', () => {
  it.each([
    ['fenced', protocol('INVALID_PRODUCER_EPOCH')],
    ['fenced', new Error('wrapped', { cause: protocol('PRODUCER_FENCED') })],
    ['fatal', protocol('MESSAGE_TOO_LARGE')],
    ['fatal', protocol('TOPIC_AUTHORIZATION_FAILED')],
    ['fatal', new KafkaJSConnectionError('Connection error: self-signed certificate', { code: 'SELF_SIGNED_CERT' })],
    // A broker that is away ends a transaction with an error that calls itself final, and is not.
    ['retriable', new KafkaJSNonRetriableError('connect ECONNREFUSED 127.0.0.1:9092')],
    [
      'retriable',
      new KafkaJSNumberOfRetriesExceeded(protocol('NOT_LEADER_FOR_PARTITION', true), { retryCount: 5, retryTime: 9 }),
    ],
    ['retriable', new TypeError('canary')],
    ['retriable', 'canary'],
  ])('is %s: %p', (kind, error) => {
    const fault = kafkaFault(error);
    expect(fault.kind).toBe(kind);
    expect(fault.message).not.toContain('canary');
    expect(kafkaFault(fault)).toBe(fault);
  });

  it('tells a coordinator that is just coming up', () => {
    expect(isCoordinatorUnsettled(kafkaFault(protocol('GROUP_LOAD_IN_PROGRESS')))).toBe(true);
    expect(isCoordinatorUnsettled(protocol('UNKNOWN'))).toBe(false);
  });
});
