import { canonicalHash } from '../canonical-json/canonical-json.js';
import { decideTeam, type TeamCommand } from '../agreements/decide-team.js';
import { decideVersions, type VersionCommand, type VersionResult } from '../agreements/decide-versions.js';
import { versionsStream, type SignedKind, type VersionsState } from '../agreements/signed-versions.js';
import { teamStream, type Team } from '../agreements/team.js';
import { isoTime } from '../decider/clock.js';
import type { Actor, Decision, EventDraft, Refusal } from '../decider/decision.js';
import { satisfies } from '../http-kit/entity-tag.js';
import { bodyMac, commandId as commandIdOf } from '../ids/command-ids.js';
import { actorsOf, authnOf, type Envelope } from './caller.js';
import type { CommandParts } from './command-parts.js';
import { teamFold, versionsFold } from './folds.js';
import type { Fold, LoadedStream } from './loaded-stream.js';
import type { Executed } from './stream-commands.js';

/** A command on a stream without personal data, decided in each of the caller's roles until one may. */
export interface PlainCommand<State, Result> {
  readonly stream: string;
  readonly fold: Fold<State>;
  /** the operation's stable name, part of the command's id */
  readonly operation: string;
  readonly envelope: Envelope;
  /** The caller is told no revision of the stream: then none that they name is one they have seen. */
  readonly hidesRevision?: boolean;
  decide(
    loaded: LoadedStream<State>,
    actor: Actor,
    now: string,
  ): Decision<EventDraft, Result> | Promise<Decision<EventDraft, Result>>;
}

/** Refusals that come before whether the caller has seen the latest state. */
const NO_SIGHT: readonly Refusal['code'][] = ['forbidden', 'not-found'];

/** Runs commands on teams, policies, agreements and contacts: the same way as on leads, with nothing to seal. */
export class PlainCommands {
  constructor(private readonly parts: Omit<CommandParts, 'salesLoad' | 'personalData'>) {}

  /** @throws LineFull, StoreFault: the command may be repeated */
  async execute<State, Result>(command: PlainCommand<State, Result>): Promise<Executed<State, Result>> {
    const { stream, fold, operation, envelope } = command;
    const { secret, commands, clock } = this.parts;
    const { sender, key, ifMatch } = envelope;
    const commandId = commandIdOf(secret, { client: sender.client, operation, target: stream, key });
    const executed = await commands.execute<State, Result>({
      stream,
      fold,
      commandId,
      bodyMac: bodyMac(secret, envelope.body),
      precondition: (revision) => {
        if (ifMatch === undefined || (ifMatch === '*' && revision >= 0)) return 'holds';
        return !command.hidesRevision && satisfies(revision, ifMatch) ? 'holds' : 'stale';
      },
      // Whoever may not do it learns nothing of the stream, nor of a first result: only a decision knows the right.
      admit: (loaded) => this.#barred(command, loaded),
      attempt: async (loaded) => {
        const now = isoTime(clock());
        const [decision, actor] = await this.#decide(command, loaded, now);
        if (!decision.ok) return decision;
        return {
          ok: true,
          result: decision.result,
          events: await this.#write(command, commandId, loaded, actor, now, decision.events),
        };
      },
    });
    if (executed.kind === 'done' && executed.events.length > 0) await this.parts.reference.refresh(stream);
    return executed;
  }

  async #barred<State, Result>(
    command: PlainCommand<State, Result>,
    loaded: LoadedStream<State>,
  ): Promise<Refusal | undefined> {
    const [decision] = await this.#decide(command, loaded, isoTime(this.parts.clock()));
    return !decision.ok && NO_SIGHT.includes(decision.refusal.code) ? decision.refusal : undefined;
  }

  async #decide<State, Result>(
    command: PlainCommand<State, Result>,
    loaded: LoadedStream<State>,
    now: string,
  ): Promise<[Decision<EventDraft, Result>, Actor]> {
    const actors = actorsOf(command.envelope.sender);
    let last: [Decision<EventDraft, Result>, Actor] | undefined;
    for (const actor of actors) {
      last = [await command.decide(loaded, actor, now), actor];
      if (last[0].ok || last[0].refusal.code !== 'forbidden') return last;
    }
    const refusal: Refusal = { code: 'forbidden', rule: 'no role' };
    return (
      last ?? [
        { ok: false, refusal },
        { kind: 'human', id: command.envelope.sender.subject, role: 'analyst' },
      ]
    );
  }

  #write<State, Result>(
    { stream, envelope }: PlainCommand<State, Result>,
    commandId: string,
    { recordedAt, revision }: LoadedStream<State>,
    actor: Actor,
    now: string,
    drafts: readonly EventDraft[],
  ) {
    const { sender, body, correlationId, causationId = commandId } = envelope;
    const writing = {
      stream,
      commandId,
      bodyMac: bodyMac(this.parts.secret, body),
      correlationId,
      causationId,
      actor,
      authn: authnOf(sender),
      recordedAt: now > recordedAt ? now : recordedAt,
      after: revision,
    };
    return this.parts.writer.write(writing, drafts);
  }
}

/** Teams, policies and agreements. */
export class ReferenceCommands {
  constructor(
    private readonly plain: PlainCommands,
    private readonly parts: Pick<CommandParts, 'reference'>,
  ) {}

  team(id: string, command: TeamCommand, envelope: Envelope): Promise<Executed<Team, null>> {
    return this.plain.execute<Team, null>({
      stream: teamStream(id),
      fold: teamFold(id),
      operation: `team.${command.type}`,
      envelope,
      decide: ({ state }, actor, now) => decideTeam(command, state, { now, actor }),
    });
  }

  /** `content` of a proposal has been checked by the kind's validator. */
  version<Content>(
    kind: SignedKind,
    segment: string,
    command: ProposedBody<Content> | Exclude<VersionCommand<Content>, { type: 'propose' }>,
    envelope: Envelope,
  ): Promise<Executed<VersionsState<Content>, VersionResult>> {
    const full: VersionCommand<Content> =
      command.type === 'propose' ? { ...command, contentHash: canonicalHash(command.content) } : command;
    return this.plain.execute<VersionsState<Content>, VersionResult>({
      stream: versionsStream(kind, segment),
      fold: versionsFold<Content>(kind, segment),
      operation: `${kind}.${command.type}`,
      envelope,
      decide: ({ state }, actor, now) =>
        decideVersions(full, state, { now, actor, teams: this.parts.reference.allTeams() }),
    });
  }
}

export interface ProposedBody<Content> {
  readonly type: 'propose';
  readonly content: Content;
  readonly validFrom?: string;
}
