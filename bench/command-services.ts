import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EventStore, RecordedEvent } from '../libs/event-store/event-store.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import type { Envelope } from '../libs/lead-commands/caller.js';
import type { CommandParts } from '../libs/lead-commands/command-parts.js';
import { EventWriter } from '../libs/lead-commands/event-writer.js';
import { LeadCommands, leadStream, type LeadCommandBody } from '../libs/lead-commands/lead-commands.service.js';
import { LeadCreation } from '../libs/lead-commands/lead-creation.js';
import { LogCommands } from '../libs/lead-commands/log-commands.service.js';
import { PlainCommands, ReferenceCommands } from '../libs/lead-commands/reference-commands.service.js';
import { ReferenceData } from '../libs/lead-commands/reference-data.js';
import { StreamCommands } from '../libs/lead-commands/stream-commands.js';
import { NO_TICKS } from '../libs/lead-commands/ticks.js';
import { contactStream } from '../libs/contacts/contact.js';
import { randomPool } from '../libs/ids/random-pool.js';
import { cachingKeyStore } from '../libs/personal-data/caching-key-store.js';
import type { EventSigner } from '../libs/event-signing/event-signer.js';
import { openEventSigner, SIGNING_KEY_FILE } from '../libs/event-signing/signing-key.js';
import { openKeyFile } from '../libs/personal-data/key-file.js';
import { PersonalData } from '../libs/personal-data/personal-data.js';
import { SqliteKeyStore } from '../libs/personal-data/sqlite-key-store.js';
import { detailsOf, PASSING_PROFILE, POLICY, ROLES, STEWARD, TEAMS, WORKER, type Person } from './people.js';

/** What a worker does most often; one event. */
export const TOUCH = { kind: 'contact', channel: 'phone', direction: 'outbound', twoWay: false, human: true } as const;

/** The first days of one lead, eight events, and its contact's one. */
export interface LeadHistory {
  readonly lead: readonly RecordedEvent[];
  readonly contact: readonly RecordedEvent[];
}

/** The command path as the server has it, without HTTP and views. */
export class CommandServices {
  private constructor(
    readonly store: EventStore,
    private readonly parts: CommandParts,
    private readonly closeAll: () => Promise<void>,
  ) {}

  /** @param given instead of an event store in the folder; closed with the services */
  static async open(directory: string, given?: EventStore): Promise<CommandServices> {
    const store = given ?? (await SqliteEventStore.open({ file: join(directory, 'events.sqlite') }));
    const ring = openKeyFile(join(directory, 'keys.json'), randomBytes);
    const random = randomPool();
    const signer = await openEventSigner(store, join(directory, SIGNING_KEY_FILE), randomBytes);
    const keyStore = await SqliteKeyStore.open(join(directory, 'contacts.sqlite'), ring, random);
    const keys = cachingKeyStore(keyStore, { elapsed: () => performance.now() });
    const personalData = new PersonalData({ keys, pepper: ring.peppers[0], random });
    const commands = new StreamCommands(store);
    const parts: CommandParts = {
      commands,
      writer: new EventWriter(ring.installationSecret, personalData, random, signer),
      signer,
      reference: new ReferenceData(commands),
      personalData,
      salesLoad: () => Promise.reject(new Error('no command of the bench looks at the load')),
      secret: ring.installationSecret,
      clock: Date.now,
      ticks: NO_TICKS,
    };
    const services = new CommandServices(store, parts, async () => {
      await keys.close();
      await store.close();
    });
    await new LogCommands(new PlainCommands(parts), parts).announceOwnKey();
    await services.#agree();
    return services;
  }

  /**
   * Lead commands over the same stores that remember no stream yet.
   *
   * @param signer in place of the one that signs
   */
  leadCommands(signer?: EventSigner): { readonly commands: LeadCommands; readonly streams: StreamCommands } {
    const streams = new StreamCommands(this.store);
    const { secret, personalData } = this.parts;
    const writer = signer ? new EventWriter(secret, personalData, randomPool(), signer) : this.parts.writer;
    return { commands: new LeadCommands({ ...this.parts, writer, commands: streams }), streams };
  }

  /** Created, scored, qualified, handed off, accepted and thrice called, by the commands themselves. */
  async typicalHistory(): Promise<LeadHistory> {
    const creation = new LeadCreation(this.parts);
    const body = { kind: 'create', source: 'organic_search', topic: 'robots', behaviours: [], intake: 'api' } as const;
    const created = await creation.create(
      { ...body, steward: STEWARD, profile: PASSING_PROFILE, details: detailsOf('typical') },
      envelopeOf('form'),
    );
    const { lead } = created;
    const { commands } = this.leadCommands();
    const then = async (person: Person, next: LeadCommandBody): Promise<void> => {
      assertDone(await commands.execute(lead, next, envelopeOf(person)));
    };
    await then('maria', { kind: 'hand-off', reason: 'asked-for-sales', offeree: WORKER });
    await then('sven', { kind: 'accept' });
    for (let calls = 0; calls < 3; calls += 1) await then('sven', TOUCH);
    const events = await this.store.readStream(leadStream(lead));
    const contact = (events[0]?.data as { contact: string }).contact;
    return { lead: events, contact: await this.store.readStream(contactStream(contact)) };
  }

  close(): Promise<void> {
    return this.closeAll();
  }

  async #agree(): Promise<void> {
    const plain = new PlainCommands(this.parts);
    const reference = new ReferenceCommands(plain, this.parts);
    for (const { id, kind, person } of TEAMS) {
      assertDone(await reference.team(id, { type: 'form', kind, name: id }, envelopeOf('root')));
      for (const type of ['join', 'appointManager', 'listSignatory'] as const) {
        assertDone(await reference.team(id, { type, person }, envelopeOf('root')));
      }
    }
    const proposed = await reference.version(
      'policy',
      'default',
      { type: 'propose', content: POLICY },
      envelopeOf('maria'),
    );
    assertDone(proposed);
    if (proposed.kind !== 'done' || !proposed.state.versions[0]) throw new Error('no policy was proposed');
    const { version, contentHash } = proposed.state.versions[0];
    for (const person of ['maria', 'sven'] as const) {
      assertDone(
        await reference.version('policy', 'default', { type: 'sign', version, contentHash }, envelopeOf(person)),
      );
    }
  }
}

/** Each a command of its own, as a person's program would send it. */
export function envelopeOf(person: Person, body: object = TOUCH): Envelope {
  const roles = ROLES[person];
  return {
    sender: { subject: person, client: 'bench', roles, issuer: 'urn:bench', how: 'internal' },
    key: randomUUID(),
    body: { ...body },
    correlationId: randomUUID(),
  };
}

export function assertDone(executed: { readonly kind: string }): void {
  if (executed.kind !== 'done') throw new Error(`a command of the bench was not done: ${JSON.stringify(executed)}`);
}
