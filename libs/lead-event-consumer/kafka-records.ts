import { decodeCloudEvent, type ReceivedRecord } from '../contracts/cloud-event.js';
import { leadEventOf, type LeadEvent, type UnknownLeadEvent } from './lead-event.js';

/**
 * The event in a record of the lead events' topic (key, value and headers as Kafka's client hands them out). Read with
 * isolation level read_committed, which most clients do by themselves.
 *
 * @throws NoCloudEvent for a record that is none of Baton's; the message names the header and the rule
 */
export const leadEventOfRecord = (record: ReceivedRecord): LeadEvent | UnknownLeadEvent =>
  leadEventOf(decodeCloudEvent(record));
