import type { EventStore } from '../event-store/event-store.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { LeadCards } from '../team-views/lead-cards.js';
import type { Dataset } from './dataset.js';
import { eventExport } from './event-export.js';
import { intervalExport } from './interval-export.js';
import { leadExport } from './lead-export.js';

export interface ExportParts {
  readonly store: EventStore;
  readonly database: Pick<ReadDatabase, 'reading'>;
  readonly personalData: PersonalData;
}

/** Everything that can be exported. */
export class Exports {
  readonly #datasets: ReadonlyMap<string, Dataset>;

  constructor({ store, database, personalData }: ExportParts) {
    const all = [
      eventExport(store, personalData),
      leadExport(new LeadCards(database), personalData),
      intervalExport(database),
    ];
    this.#datasets = new Map(all.map((one) => [one.name, one]));
  }

  dataset(name: string): Dataset | undefined {
    return this.#datasets.get(name);
  }
}
