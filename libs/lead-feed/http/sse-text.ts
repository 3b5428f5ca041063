import { withoutContactFacts } from '../../lead-commands/contact-facts.js';
import { CLOUD_EVENT_SOURCE, schemaUri } from '../../contracts/cloud-event.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { placeId } from '../feed-place.js';
import type { FeedMessage } from '../lead-feed.js';

/** A message of the feed as text/event-stream has it. An id without data moves the listener's place and no more. */
export function sseText(message: FeedMessage): string {
  switch (message.kind) {
    case 'event':
      return `id: ${placeId(message.place)}\ndata: ${JSON.stringify(structured(message.event))}\n\n`;
    case 'out-of-sight':
      return `id: ${placeId(message.place)}\nevent: out-of-sight\ndata: ${JSON.stringify({ lead: message.lead })}\n\n`;
    case 'heartbeat':
      return `: here\nid: ${placeId(message.place)}\n\n`;
    case 'end':
      return `event: end\ndata: ${JSON.stringify({ reason: message.reason })}\n\n`;
  }
}

/**
 * A CloudEvent in JSON whose data is what a Kafka record of the event has as its value, without the sealed part and the
 * command's fingerprint, nor what it was decided on of the contact, which several teams may share.
 */
function structured({ id, type, stream, revision, data, metadata }: RecordedEvent): object {
  const { pii: _pii, ...open } = data;
  const { bodyMac: _mac, ...said } = metadata;
  return {
    specversion: '1.0',
    id,
    source: CLOUD_EVENT_SOURCE,
    type,
    subject: stream,
    time: metadata.recordedAt,
    datacontenttype: 'application/json',
    dataschema: schemaUri(type),
    revision,
    data: { data: withoutContactFacts(open), metadata: said },
  };
}
