import { isoTime, type Clock } from '../decider/clock.js';
import { contactStream } from '../contacts/contact.js';
import type { ErasureCommand } from '../contacts/decide-erasure.js';
import { ERASURE_STEPS, stepsLeft, type Erasure, type ErasureStep } from '../contacts/erasure.js';
import { contactFold, leadFold } from '../lead-commands/folds.js';
import type { EventStore } from '../event-store/event-store.js';
import type { StreamCommands } from '../lead-commands/stream-commands.js';
import { topState } from '../lead-lifecycle/fold-table.js';
import type { RuleSender } from '../lead-routing/rule-sender.js';
import type { KeyRing } from '../personal-data/key-ring.js';
import type { KeyStore, UnfinishedErasure } from '../personal-data/key-store.js';
import type { ErasureSink } from './erasure-sinks.js';

export interface ErasingParts {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly commands: StreamCommands;
  readonly keys: KeyStore;
  readonly ring: Pick<KeyRing, 'noteErased'>;
  readonly sender: RuleSender;
  readonly sinks: readonly ErasureSink[];
  /** resolves once no process can still hold a key that was deleted before the call; rejects where it is given up */
  readonly cachesDropped: () => Promise<void>;
  readonly clock: Clock;
}

/** Why a step is not done: an error that is tried again and shown. Fixed words, nothing of the person. */
export class NotErased extends Error {
  override name = 'NotErased';
}

const CLOSED = ['won', 'disqualified', 'merged', 'uncreated'];

/**
 * Does what stands out of an approved erasure, step by step, each told on the contact's stream once it is done. A step
 * that is interrupted is done again: each of them leads to the same end however often it runs.
 *
 * @throws NotErased where something is still readable; KeyStoreFault, StoreFault and the like where a store is away
 */
export async function erase({ contact, contacts }: UnfinishedErasure, parts: ErasingParts): Promise<void> {
  const trigger = await approvalOf(contact, parts);
  for (const step of ERASURE_STEPS) {
    const erasure = await erasureOf(contact, parts);
    const left = contacts.filter((one) => stepsLeft(erasure, one).includes(step));
    if (left.length === 0) continue;
    await STEPS[step]({ contact, contacts: left, erasure, trigger }, parts);
    const before = countOf(erasure, step);
    await tell(contact, { type: 'erasure-step', step, contacts: left }, { trigger, before }, parts);
  }
  const before = (await erasureOf(contact, parts)).live.length;
  await tell(contact, { type: 'erasure-stage', stage: 'live', contacts, epoch: null }, { trigger, before }, parts);
}

/** Tells that no backup can be read any more, the keys before `epoch` being destroyed. */
export async function finish(
  { contact, contacts }: UnfinishedErasure,
  epoch: number,
  parts: ErasingParts,
): Promise<void> {
  const trigger = await approvalOf(contact, parts);
  const before = (await erasureOf(contact, parts)).final.length;
  await tell(contact, { type: 'erasure-stage', stage: 'final', contacts, epoch }, { trigger, before }, parts);
  await parts.keys.finishErasure(contact);
}

interface Step {
  readonly contact: string;
  readonly contacts: readonly string[];
  readonly erasure: Erasure;
  /** id of the approval's event: what all commands are sent for, and found again by */
  readonly trigger: string;
}

const STEPS: Readonly<Record<ErasureStep, (step: Step, parts: ErasingParts) => Promise<void>>> = {
  async keys({ contact, contacts, erasure: { keepOptOut } }, { keys, ring }) {
    for (const one of contacts) {
      await keys.erase(one, { under: contact, keepOptOut });
      if ((await keys.keyFor(one)) !== 'erased') throw new NotErased('a key is still given out');
    }
    // Where events and keys of a whole backup from before are restored, nothing in them tells of it.
    const notes = contacts.map((one) => ({ contact: one, under: contact, keepOptOut }));
    await keys.alone(async () => ring.noteErased?.(notes));
  },

  async caches(_, { cachesDropped }) {
    await cachesDropped();
  },

  async sinks({ contact, contacts }, { keys, sinks }) {
    const leads = await keys.contactLeads(contact);
    const late = await Promise.all(contacts.map((one) => keys.contactLeads(one)));
    const person = { contacts, leads: [...new Set([...leads, ...late.flat()])] };
    for (const sink of sinks) {
      if (!(await sink.acknowledges(person))) throw new NotErased(`${sink.name} can still be read`);
    }
  },

  async leads({ contact, contacts, trigger }, parts) {
    const leads = await Promise.all([contact, ...contacts].map((one) => parts.keys.contactLeads(one)));
    for (const lead of new Set(leads.flat())) await disqualify(lead, trigger, parts);
  },
};

/** Closes a lead of an erased person; one that is closed stays as it is. */
export async function disqualify(
  lead: string,
  trigger: string,
  { commands, sender }: Pick<ErasingParts, 'commands' | 'sender'>,
): Promise<void> {
  if (await isClosed()) return;
  await sender.lead(lead, { kind: 'disqualify', reason: 'erased' }, { trigger, rule: 'erase' });
  if (!(await isClosed())) throw new NotErased('a lead is still open');

  async function isClosed(): Promise<boolean> {
    const { state } = await commands.load(`lead-${lead}`, leadFold);
    return CLOSED.includes(topState(state.leaf));
  }
}

async function erasureOf(contact: string, { commands }: Pick<ErasingParts, 'commands'>): Promise<Erasure> {
  const { erasure } = (await commands.load(contactStream(contact), contactFold)).state;
  if (!erasure?.approved) throw new NotErased(UNTOLD);
  return erasure;
}

const UNTOLD = 'a fence stands that no contact stream tells of';
const PAGE = 1_000;

async function approvalOf(contact: string, { store }: Pick<ErasingParts, 'store'>): Promise<string> {
  for (let from = 0; ; from += PAGE) {
    const page = await store.readStream(contactStream(contact), { from, limit: PAGE });
    const approval = page.find(({ type }) => type === 'ErasureApproved.v1');
    if (approval) return approval.id;
    if (page.length < PAGE) throw new NotErased(UNTOLD);
  }
}

async function tell(
  contact: string,
  command: ErasureCommand & { type: 'erasure-step' | 'erasure-stage' },
  { trigger, before }: { readonly trigger: string; readonly before: number },
  { sender, clock }: Pick<ErasingParts, 'sender' | 'clock'>,
): Promise<void> {
  // What was told before is part of the key: contacts that were merged in late are another command.
  const rule = `${'step' in command ? command.step : command.stage}/${before}`;
  const told = await sender.contact(contact, command, { trigger, rule }, isoTime(clock()));
  if (told === undefined) throw new NotErased('the contact stream does not take it');
}

const countOf = ({ done }: Erasure, step: ErasureStep): number =>
  Object.values(done).filter((steps) => steps.includes(step)).length;
