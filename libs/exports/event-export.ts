import { LRUCache } from 'lru-cache';
import { eventNames } from '../contracts/event-type.js';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { dataset, isWithin, type Dataset, type ExportQuery, type ExportRange } from './dataset.js';
import {
  EVENT_COLUMNS,
  exportedEvent,
  PERSONAL_EVENT_COLUMNS,
  STORED_EVENT_COLUMNS,
  type ExportedEvent,
} from './event-columns.js';
import { sqliteEventFile } from './sqlite-event-file.js';

/** Few enough that reading a page takes the thread for some milliseconds only. */
const PAGE = 500;
const CONTACTS_KEPT = 10_000;
const LEAD_STREAM = 'lead-';
const CONTACT_STREAM = 'contact-';

/**
 * Every event of every stream recorded in the range, in commit order, up to what was there when it began. The whole
 * log is read through: commit order is not quite the order of recordedAt, so nothing else would be sure to miss none.
 */
export function eventExport(store: EventStore, personalData: PersonalData): Dataset {
  async function* records(query: ExportQuery): AsyncGenerator<readonly ExportedEvent[]> {
    const opened = query.withPersonalData ? opening(store, personalData) : undefined;
    const end = await store.head();
    if (end === undefined) return;
    for (let after: Position | undefined; ;) {
      const page = await store.readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      const last = page.at(-1);
      if (last === undefined) return;
      const isLast = store.comparePositions(last.position, end) >= 0;
      const before = isLast ? page.filter(({ position }) => store.comparePositions(position, end) <= 0) : page;
      const found = before.map(exportedEvent).filter(({ meta }) => isWithin(meta.recordedAt, query));
      yield opened ? await Promise.all(found.map(opened)) : found;
      if (isLast) return;
      after = last.position;
    }
  }
  const parquet: Dataset['parquet'] = ({ withPersonalData, ...range }) =>
    // What is sealed is opened by keys that this thread has.
    store.sqliteFile === undefined || withPersonalData ? undefined : parquetOf(store, store.sqliteFile, range);
  const rows = dataset({ name: 'events', columns: EVENT_COLUMNS, personalColumns: PERSONAL_EVENT_COLUMNS, records });
  return { ...rows, parquet };
}

async function* parquetOf(
  store: EventStore,
  file: string,
  { from, to }: ExportRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const end = Number((await store.head()) ?? 0);
  yield* sqliteEventFile({ file, columns: STORED_EVENT_COLUMNS, names: eventNames, end, ...bounds });
}

function opening(store: EventStore, personalData: PersonalData): (of: ExportedEvent) => Promise<ExportedEvent> {
  const contacts = new LRUCache<string, string>({ max: CONTACTS_KEPT });
  return async (of) => {
    const { event } = of;
    if (event.data.pii === undefined) return of;
    const contact = contacts.get(event.stream) ?? (await sealedFor(store, event));
    if (contact === undefined) return { ...of, personal: 'unreadable' };
    contacts.set(event.stream, contact);
    const fields = await personalData.openEvent(event, contact);
    return { ...of, personal: fields.ok ? fields.personal : fields.why };
  };
}

/** The contact whose key sealed the event: of a lead's stream the one that its creation names. */
async function sealedFor(store: EventStore, { stream }: RecordedEvent): Promise<string | undefined> {
  if (stream.startsWith(CONTACT_STREAM)) return stream.slice(CONTACT_STREAM.length);
  if (!stream.startsWith(LEAD_STREAM)) return undefined;
  const [created] = await store.readStream(stream, { limit: 1 });
  const contact = created?.data.contact;
  return typeof contact === 'string' ? contact : undefined;
}
