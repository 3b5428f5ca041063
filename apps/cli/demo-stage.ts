import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Act, Performed, Stage } from '../../libs/demo/act.js';
import type { Doer } from '../../libs/demo/cast.js';
import { LeadBook } from '../../libs/demo/lead-book.js';
import type { JsonObject } from '../../libs/decider/json.js';
import type { Refusal } from '../../libs/decider/decision.js';
import type { EventSigner } from '../../libs/event-signing/event-signer.js';
import type { EventStore, RecordedEvent } from '../../libs/event-store/event-store.js';
import type { Envelope } from '../../libs/lead-commands/caller.js';
import type { CommandParts } from '../../libs/lead-commands/command-parts.js';
import { ContactCommands } from '../../libs/lead-commands/contact-commands.service.js';
import { EventWriter } from '../../libs/lead-commands/event-writer.js';
import { LeadCommands } from '../../libs/lead-commands/lead-commands.service.js';
import { LeadCreation } from '../../libs/lead-commands/lead-creation.js';
import { LogCommands } from '../../libs/lead-commands/log-commands.service.js';
import { PlainCommands, ReferenceCommands } from '../../libs/lead-commands/reference-commands.service.js';
import { ReferenceData } from '../../libs/lead-commands/reference-data.js';
import { StreamCommands } from '../../libs/lead-commands/stream-commands.js';
import { NO_TICKS } from '../../libs/lead-commands/ticks.js';
import { InProcessSender } from '../../libs/lead-routing/in-process-sender.js';
import { OffersUnderWay } from '../../libs/lead-routing/offers-under-way.js';
import { RoutingProcessor } from '../../libs/lead-routing/routing-processor.js';
import type { KeyRing } from '../../libs/personal-data/key-ring.js';
import type { KeyStore } from '../../libs/personal-data/key-store.js';
import { PersonalData } from '../../libs/personal-data/personal-data.js';
import { demoRoutingViews } from './demo-routing-views.js';

export interface StageParts {
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly ring: KeyRing;
  readonly signer: EventSigner;
  readonly logger: Logger;
}

/** Says in every event that nobody signed in: the history was played. */
const ISSUER = 'urn:baton:demo';

/**
 * The real command side and the real lead-routing, without a server and without waiting: after every command the
 * processor is given what was recorded, until nothing follows. That makes the same story the same history.
 */
export class DemoStage implements Stage {
  readonly book = new LeadBook();
  readonly #parts: StageParts;
  readonly #leads: LeadCommands;
  readonly #creation: LeadCreation;
  readonly #contacts: ContactCommands;
  readonly #reference: ReferenceCommands;
  readonly #routing: RoutingProcessor;
  readonly #log: LogCommands;
  #now = 0;
  #acts = 0;
  #seen: string | undefined;
  #unread: RecordedEvent[] = [];

  constructor(parts: StageParts) {
    const { store, keys, ring, signer, logger } = (this.#parts = parts);
    // Each look at the clock is a moment later than the one before, so that no two events are of the same time.
    const clock = (): number => (this.#now += 1);
    const commands = new StreamCommands(store);
    const reference = new ReferenceData(commands);
    const personalData = new PersonalData({ keys, pepper: ring.peppers[0], random: randomBytes });
    const commandParts: CommandParts = {
      commands,
      writer: new EventWriter(ring.installationSecret, personalData, randomBytes, signer),
      signer,
      reference,
      personalData,
      salesLoad: () => Promise.resolve({ load: this.book }),
      secret: ring.installationSecret,
      clock,
      ticks: NO_TICKS,
    };
    const plain = new PlainCommands(commandParts);
    this.#log = new LogCommands(plain, commandParts);
    this.#leads = new LeadCommands(commandParts);
    this.#creation = new LeadCreation(commandParts);
    this.#contacts = new ContactCommands(plain, commandParts, keys);
    this.#reference = new ReferenceCommands(plain, commandParts);
    this.#routing = new RoutingProcessor({
      sender: new InProcessSender(this.#leads, this.#contacts, 'lead-routing'),
      views: demoRoutingViews(this.book, reference, () => this.#read()),
      // The book reads one event after the other.
      offers: new OffersUnderWay(1),
      reference,
      commands,
      store,
      clock,
      // Nothing in the story comes into force later than its second signature.
      later: () => Promise.reject(new Error('the demo has no later errands')),
      logger,
    });
  }

  /** What a first start does. @param at before everything that is played, milliseconds */
  async open(at: number): Promise<void> {
    this.#now = at;
    await this.#log.announceOwnKey();
  }

  async perform(act: Act, at: number): Promise<Performed> {
    this.#now = Math.max(this.#now, at);
    const { executed, lead } = await this.#execute(act);
    const events: RecordedEvent[] = [];
    await this.#read();
    for (let event = this.#unread.shift(); event; event = this.#unread.shift()) {
      events.push(event);
      await this.#routing.handle(event);
      await this.#read();
    }
    const refusal = refusalOf(executed);
    return { events, ...(refusal ? { refusal } : {}), ...(lead === undefined ? {} : { lead }) };
  }

  async #execute(act: Act): Promise<{ executed: Outcome; lead?: string }> {
    switch (act.on) {
      case 'new-lead': {
        const executed = await this.#creation.create(act.body, this.#envelope(act.by, act.body));
        return { executed, lead: executed.lead };
      }
      case 'lead': {
        const { lead, deed, by, seen } = act;
        const ifMatch = seen === undefined ? {} : { ifMatch: [seen] };
        return { executed: await this.#leads.execute(lead, deed, { ...this.#envelope(by, deed), ...ifMatch }) };
      }
      case 'contact':
        return { executed: await this.#contacts.execute(act.contact, act.deed, this.#envelope(act.by, act.deed)) };
      case 'team':
        return { executed: await this.#reference.team(act.team, act.deed, this.#envelope(act.by, act.deed)) };
      case 'terms': {
        const envelope = this.#envelope(act.by, act.deed);
        return { executed: await this.#reference.version(act.kind, 'default', act.deed, envelope) };
      }
    }
  }

  #envelope({ subject, role }: Doer, body: object): Envelope {
    const key = `demo-${(this.#acts += 1)}`;
    const sender = { subject, client: subject, roles: [role], issuer: ISSUER, how: 'internal' } as const;
    return { sender, key, body: body as JsonObject, correlationId: key };
  }

  /** Takes in what was recorded since. */
  async #read(): Promise<void> {
    let page: readonly RecordedEvent[];
    do {
      page = await this.#parts.store.readAll(this.#seen === undefined ? {} : { after: this.#seen });
      for (const event of page) {
        this.book.add(event);
        this.#unread.push(event);
        this.#seen = event.position;
      }
    } while (page.length > 0);
  }
}

type Outcome = { readonly kind: string; readonly refusal?: Refusal };

function refusalOf({ kind, refusal }: Outcome): Refusal | undefined {
  return kind === 'done' ? undefined : (refusal ?? { code: 'conflict', rule: kind });
}
