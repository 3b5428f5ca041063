import type { Decision, EventDraft } from '../decider/decision.js';
import { SigningRefused } from '../event-signing/signing-key.js';
import { decideLogKeys, LOG_KEYS_STREAM, type LogKeys, type LogKeysCommand } from '../log-decisions/log-keys.js';
import {
  decideQuarantine,
  LOG_QUARANTINE_STREAM,
  type Quarantine,
  type QuarantineCommand,
} from '../log-decisions/quarantine.js';
import { formatVkey, idHex } from '../transparency-log/note-key.js';
import type { Envelope } from './caller.js';
import type { CommandParts } from './command-parts.js';
import { logKeysFold, quarantineFold } from './folds.js';
import type { PlainCommands } from './reference-commands.service.js';
import type { Executed } from './stream-commands.js';

/** Who the writing service is when nobody asked it. */
const ITSELF = {
  subject: 'event-signing',
  client: 'baton',
  roles: ['rule'],
  issuer: 'urn:baton',
  how: 'internal',
} as const;

/** Decisions about the log itself: its keys, and events that are sealed though they break a rule. */
export class LogCommands {
  constructor(
    private readonly plain: PlainCommands,
    private readonly parts: Pick<CommandParts, 'commands' | 'signer'>,
  ) {}

  keys(command: LogKeysCommand, envelope: Envelope): Promise<Executed<LogKeys, null>> {
    const signedBy = idHex(this.parts.signer.key.id);
    return this.plain.execute<LogKeys, null>({
      stream: LOG_KEYS_STREAM,
      fold: logKeysFold,
      operation: `log-keys.${command.type}`,
      envelope,
      decide: ({ state }, actor, now): Decision<EventDraft> => decideLogKeys(command, state, { now, actor, signedBy }),
    });
  }

  quarantine(command: QuarantineCommand, envelope: Envelope): Promise<Executed<Quarantine, null>> {
    return this.plain.execute<Quarantine, null>({
      stream: LOG_QUARANTINE_STREAM,
      fold: quarantineFold,
      operation: `log-quarantine.${command.type}`,
      envelope,
      decide: ({ state }, actor, now): Decision<EventDraft> => decideQuarantine(command, state, { now, actor }),
    });
  }

  /**
   * Before anything else is written: an installation's first key announces itself; any other must have been announced by
   * an event that the key before it signed, and be still in use.
   *
   * @throws SigningRefused where it is not
   * @throws StoreFault
   */
  async announceOwnKey(): Promise<void> {
    const { commands, signer } = this.parts;
    const id = idHex(signer.key.id);
    const vkey = formatVkey(signer.key);
    let { state } = await commands.load(LOG_KEYS_STREAM, logKeysFold);
    if (state.eventKeys.size === 0) {
      // Processes that start at once send the same command, which is done once.
      const envelope: Envelope = {
        sender: ITSELF,
        key: `first-${id}`,
        body: { vkey },
        correlationId: `event-key-${id}`,
      };
      await this.keys({ type: 'announce-event-key', vkey }, envelope);
      ({ state } = await commands.load(LOG_KEYS_STREAM, logKeysFold));
    }
    const own = state.eventKeys.get(id);
    if (own === undefined)
      throw new SigningRefused(
        `the signing key ${id} is not announced: put back the one before it, and rotate from there`,
      );
    if (own.until !== undefined)
      throw new SigningRefused(
        `the signing key ${id} was retired at ${own.until}: use the one that was announced after it`,
      );
    signer.inUseFrom(own.from);
  }
}
