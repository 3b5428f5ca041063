import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { contactStream } from '../contacts/contact.js';
import { stageOf, type ErasureStage } from '../contacts/erasure.js';
import { metadataOf } from '../contracts/event-metadata.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { personBehind } from '../lead-commands/contact-identity.js';
import { contactFold } from '../lead-commands/folds.js';
import type { Rotated } from '../personal-data/epoch-rotation.js';
import { isDestroyed, newestEpoch, type KeyRing } from '../personal-data/key-ring.js';
import type { UnfinishedErasure } from '../personal-data/key-store.js';
import { describeFault } from '../telemetry/fault-description.js';
import { disqualify, erase, finish, NotErased, type ErasingParts } from './erasing.js';
import { fence, rebuildFences } from './fences.js';

export interface ErasureServiceParts extends Omit<ErasingParts, 'cachesDropped'> {
  readonly store: EventStore;
  /** milliseconds for which another process may still hold a key that was deleted; 0 where there is none */
  readonly mostCacheMs: number;
  readonly ring: KeyRing;
  /** begins a new key epoch and destroys the old ones' keys; see `rotateEpoch` */
  readonly rotate: () => Promise<Rotated>;
  /** recomputes what of the blind index is not under the newest pepper, and answers how much that was; see `endPepperRotation` */
  readonly endPepperRotation: () => Promise<number>;
  readonly logger: Logger;
}

/** What stands out, for health and metrics. Ages in milliseconds; 0 where nothing does. */
export interface ErasureStatus {
  readonly oldestApprovedMs: number;
  readonly oldestLiveMs: number;
  /** why the oldest approved one is not done, in fixed words */
  readonly fault?: string;
}

const LONGEST_PAUSE_MS = 30_000;
const TICK_MS = 60_000;
const DAY_MS = 86_400_000;
/** After so long the epoch's keys are destroyed by themselves: the design's 30 days, with time to notice a failure. */
const FINAL_AFTER_MS = 21 * DAY_MS;
/** How many events may come again after a crash: setting the mark costs a sync. */
const MARK_EVERY = 1_000;
const AT_ONCE = 16;
/** From closed, or nothing, to open: the person may have been erased while it was decided. */
const OPENING = ['LeadCreated.', 'LeadReopened.', 'LeadUnmerged.'];

/**
 * Erases whom the contact streams say is to be erased: follows the event store from where the fences are known, and
 * tries each erasure until it is done. What it remembers is in the key store alone, so that a key store that was
 * restored is brought up to the events again.
 */
export class ErasureService {
  readonly #stopping = new AbortController();
  readonly #faults = new Map<string, string>();
  #following: Promise<void> = Promise.resolve();
  #working: Promise<void> = Promise.resolve();
  #wake = new AbortController();
  #unmarked = 0;
  #reached: string | undefined;

  readonly #erasing: ErasingParts;

  constructor(private readonly parts: ErasureServiceParts) {
    const { signal } = this.#stopping;
    this.#erasing = { ...parts, cachesDropped: () => sleep(parts.mostCacheMs, undefined, { signal }) };
  }

  /** Resolves once all fences stand; nothing may be served before. */
  async start(): Promise<void> {
    await rebuildFences(this.parts);
    this.#reached = await this.parts.keys.fencedUpTo();
    this.#following = this.#follow();
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#following;
    await this.#working;
    if (this.#reached !== undefined && this.#unmarked > 0) await this.parts.keys.setFencedUpTo(this.#reached);
  }

  /** Looks at once for what there is to do: a key epoch was ended. */
  wake(): void {
    this.#wake.abort();
  }

  async status(): Promise<ErasureStatus> {
    const now = this.parts.clock();
    let [oldestApprovedMs, oldestLiveMs] = [0, 0];
    let fault: string | undefined;
    for (const erasure of await this.parts.keys.unfinishedErasures()) {
      const { stage, since } = await this.#standing(erasure);
      const age = since === undefined ? 0 : Math.max(0, now - Date.parse(since));
      if (stage === 'live') oldestLiveMs = Math.max(oldestLiveMs, age);
      else if (age >= oldestApprovedMs) {
        oldestApprovedMs = age;
        fault = this.#faults.get(erasure.contact);
      }
    }
    return { oldestApprovedMs, oldestLiveMs, ...(fault === undefined ? {} : { fault }) };
  }

  async #follow(): Promise<void> {
    const { store, keys, logger } = this.parts;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const batches = store.subscribe({
          signal,
          ...(this.#reached === undefined ? {} : { after: this.#reached }),
        });
        for await (const batch of batches) {
          let isOfErasure = false;
          for (const event of batch) isOfErasure = (await this.#handle(event)) || isOfErasure;
          this.#reached = batch.at(-1)?.position ?? this.#reached;
          this.#unmarked += batch.length;
          if (isOfErasure) this.wake();
          if (this.#reached !== undefined && (isOfErasure || this.#unmarked >= MARK_EVERY)) {
            await keys.setFencedUpTo(this.#reached);
            this.#unmarked = 0;
          }
          attempt = 0;
        }
      } catch (fault) {
        logger.error({ fault: describeFault(fault) }, 'erasing stands still and will try again');
        await pause(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt), signal);
      }
    }
  }

  /** Whether the event was one of erasing. */
  async #handle(event: RecordedEvent): Promise<boolean> {
    await fence(event, this.parts);
    if (OPENING.some((type) => event.type.startsWith(type))) await this.#closeIfErased(event);
    return event.type === 'ErasureApproved.v1' || event.type === 'ContactMerged.v1';
  }

  async #closeIfErased({ id, stream, data }: RecordedEvent): Promise<void> {
    const { commands, store } = this.parts;
    const contact = data.contact ?? (await store.readStream(stream, { limit: 1 }))[0]?.data.contact;
    if (typeof contact !== 'string') return;
    const { erased } = await personBehind(commands, contact);
    if (erased) await disqualify(stream.slice('lead-'.length), id, this.parts);
  }

  async #work(): Promise<void> {
    const { logger } = this.parts;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted;) {
      this.#wake = new AbortController();
      let isDone = false;
      try {
        isDone = await this.#round();
        await this.#endPepperRotation();
      } catch (fault) {
        logger.error({ fault: describeFault(fault) }, 'erasing cannot tell what stands out and will try again');
      }
      attempt = isDone ? 0 : attempt + 1;
      const wait = isDone ? TICK_MS : Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(attempt, 10));
      await pause(wait, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** Tries all that stands out; false where something could not be done. */
  async #round(): Promise<boolean> {
    const { keys, ring, clock, rotate, logger } = this.parts;
    ring.refresh?.();
    const open = [...(await keys.unfinishedErasures())];
    let isDone = true;
    while (open.length > 0 && !this.#stopping.signal.aborted) {
      const tried = await Promise.all(open.splice(0, AT_ONCE).map((erasure) => this.#advance(erasure)));
      if (tried.includes(false)) isDone = false;
    }
    const { oldestLiveMs } = await this.status();
    if (oldestLiveMs < FINAL_AFTER_MS) return isDone;
    const { epoch, rewrapped } = await rotate();
    logger.info({ epoch, rewrapped, at: clock() }, 'a new key epoch has begun; the keys before it are destroyed');
    const left = (await keys.unfinishedErasures()).filter((erasure) => isDestroyed(erasure.epoch, ring));
    for (const erasure of left) await this.#advance(erasure);
    return isDone;
  }

  /** One that was interrupted, or that a key store restored from before has not seen; nothing where there is none. */
  async #endPepperRotation(): Promise<void> {
    const { endPepperRotation, logger } = this.parts;
    try {
      const recomputed = await endPepperRotation();
      if (recomputed > 0) logger.info({ recomputed }, 'the whole blind index is under the newest pepper again');
    } catch (fault) {
      // Or another process is just rotating it.
      logger.warn({ fault: describeFault(fault) }, 'the blind index is not under the newest pepper; tried again later');
    }
  }

  async #advance(erasure: UnfinishedErasure): Promise<boolean> {
    const { logger, ring } = this.parts;
    try {
      const { stage } = await this.#standing(erasure);
      // Keys or key file newer than the events: the fence stands, and there is nobody to tell.
      if (stage === undefined || stage === 'requested') {
        if (isDestroyed(erasure.epoch, ring)) await this.parts.keys.finishErasure(erasure.contact);
        return true;
      }
      if (stage !== 'live') await erase(erasure, this.#erasing);
      if (isDestroyed(erasure.epoch, ring)) await finish(erasure, newestEpoch(ring).epoch, this.#erasing);
      this.#faults.delete(erasure.contact);
      return true;
    } catch (fault) {
      if (this.#stopping.signal.aborted) return false;
      this.#faults.set(erasure.contact, fault instanceof NotErased ? fault.message : 'a store is away');
      const described = describeFault(fault);
      logger.error({ contact: erasure.contact, fault: described }, 'an erasure is not done and will be tried again');
      return false;
    }
  }

  /** How far an erasure is, and since when (ISO). */
  async #standing({ contact }: UnfinishedErasure): Promise<{ readonly stage?: ErasureStage; readonly since?: string }> {
    const { commands, store } = this.parts;
    const { state } = await commands.load(contactStream(contact), contactFold);
    if (!state.erasure) return {};
    const [last] = await store.readStream(contactStream(contact), { direction: 'backward', limit: 1 });
    return { stage: stageOf(state.erasure), ...(last ? { since: metadataOf(last).recordedAt } : {}) };
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
