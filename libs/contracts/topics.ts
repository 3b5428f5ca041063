/** The names of the topics. The version is part of the name: it goes up with the partition count or the shape of a record. */
export interface TopicNames {
  /** events of `lead-` streams; key: the lead's id, so that a lead's order holds */
  readonly leadEvents: string;
  /** events of all other streams; key: the stream's name */
  readonly referenceEvents: string;
  /** what the trail seals of every event, in commit order: one partition */
  readonly trail: string;
  /** how far the relay is, and which relay may go on; compacted */
  readonly relayCheckpoint: string;
}

export const DEFAULT_TOPICS: TopicNames = {
  leadEvents: 'baton.lead-events.v1',
  referenceEvents: 'baton.reference-events.v1',
  trail: 'baton.trail.v1',
  relayCheckpoint: 'baton.relay-checkpoint.v1',
};

const LEAD = 'lead-';

export const isLeadStream = (stream: string): boolean => stream.startsWith(LEAD);

/** The Kafka key of a stream's events: what has the same key stays in order. */
export const recordKey = (stream: string): string => (isLeadStream(stream) ? stream.slice(LEAD.length) : stream);
