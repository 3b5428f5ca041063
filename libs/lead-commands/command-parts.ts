import type { KeyObject } from 'node:crypto';
import type { Clock } from '../decider/clock.js';
import type { EventSigner } from '../event-signing/event-signer.js';
import type { Owner } from '../lead-lifecycle/lead-events.js';
import type { SalesLoadFacts } from '../lead-lifecycle/lead-facts.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { EventWriter } from './event-writer.js';
import type { ReferenceData } from './reference-data.js';
import type { StreamCommands } from './stream-commands.js';
import type { Ticks } from './ticks.js';

/** An offer that was made and that no view shows yet. */
export interface OfferUnderWay {
  readonly lead: string;
  readonly offeree: Owner;
  /** recordedAt of its event (ISO) */
  readonly offeredAt: string;
}

/** How laden sales is, from a read model and the offers on their way to it. */
export type SalesLoadSource = () => Promise<{ readonly load: SalesLoadFacts }>;

/** What every command service works with. */
export interface CommandParts {
  readonly commands: StreamCommands;
  readonly writer: EventWriter;
  /** the one that the writer has */
  readonly signer: EventSigner;
  readonly reference: ReferenceData;
  readonly personalData: PersonalData;
  readonly salesLoad: SalesLoadSource;
  /** the installation secret that ids are derived with */
  readonly secret: KeyObject;
  readonly clock: Clock;
  /** on which commands go on after what depends on whether a person is known, for callers who may not know it */
  readonly ticks: Ticks;
}
