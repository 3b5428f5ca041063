import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { JsonObject } from '../../libs/decider/json.js';
import type { DataSubject } from '../../libs/erasure/data-subjects.js';
import type { Rotated } from '../../libs/personal-data/epoch-rotation.js';
import type { PepperRotated } from '../../libs/personal-data/pepper-rotation.js';
import { answered } from './answered.js';
import { dataSubjectText } from './data-subject-text.js';
import { EXIT_HELP } from './exit-codes.js';
import { addOperatingOptions, print, type OperatingOptions } from './operating.js';
import { contactKnown, contactOf, personAsked } from './person-asked.js';
import { withBaton } from './reach-baton.js';
import { terminalColumns } from './terminal-columns.js';

interface ToldOptions extends OperatingOptions {
  readonly reason: string;
}

const ROLE = 'privacy';
const WHO = `
Without <contact> an e-mail address or a phone number is read from the standard input, or asked for on a terminal: it
stands in no command line, URL or log. Asking by it needs the role privacy.
`;

/** `baton privacy`: what the office for privacy does with a person, over the routes of `/data-subjects`. */
export function addPrivacyCommand(program: Command): void {
  const privacy = program.command('privacy').description('what is held on a person, holds, and erasing them');
  const of = (name: string, description: string): Command =>
    addOperatingOptions(privacy.command(`${name} [contact]`).description(description)).addHelpText(
      'after',
      WHO + EXIT_HELP,
    );
  const told = (command: Command, reason?: string): Command =>
    reason === undefined
      ? command.requiredOption('--reason <code>', 'why; a code, nothing personal')
      : command.option('--reason <code>', 'why; a code, nothing personal', reason);

  addOperatingOptions(privacy.command('search').description('the contact known by an address'))
    .addHelpText('after', `\nThe address is read from the standard input, or asked for on a terminal.\n${EXIT_HELP}`)
    .action(search);
  of('status', 'how it stands: contacts, leads, holds, erasing, and the events that prove it').action(status);
  told(of('export', 'everything held on a person, into a file for them'), 'data-subject-access')
    .requiredOption('--out <file>', 'a new file, which only you can read')
    .action(async (contact: string | undefined, options: ToldOptions & { readonly out: string }) => {
      const { exportSubject } = await import('./export-subject.js');
      await exportSubject(contact, options);
    });
  told(of('hold', 'place a legal hold: nothing is erased until it is released'))
    .requiredOption('--matter <id>', 'the case’s number, by which it is known elsewhere; never a name')
    .action((contact: string | undefined, options: ToldOptions & { readonly matter: string }) =>
      tell(contact, options, 'legal-hold', { matter: options.matter }),
    );
  told(of('release', 'lift a legal hold')).action((contact: string | undefined, options: ToldOptions) =>
    tell(contact, options, 'legal-hold/lift'),
  );
  told(of('erase', 'ask for erasing a person, which another person must approve'), 'data-subject-request')
    .option('--keep-opt-out', 'remember, by a keyed hash alone, not to contact them', false)
    .action((contact: string | undefined, options: ToldOptions & { readonly keepOptOut: boolean }) =>
      tell(contact, options, 'erasure', { keepOptOut: options.keepOptOut }),
    );
  told(of('approve', 'approve the erasing, as another person than asked for it; it cannot be taken back')).action(
    (contact: string | undefined, options: ToldOptions) => tell(contact, options, 'erasure/approval'),
  );
  const ofNobody = (name: string, description: string): Command =>
    told(addOperatingOptions(privacy.command(name).description(description)).addHelpText('after', EXIT_HELP));
  ofNobody(
    'rotate',
    'end the key epoch: who was erased is in no backup either, and none from before opens for anybody',
  ).action(rotate);
  ofNobody(
    'rotate-pepper',
    'lay a new pepper over the index of addresses: with a copy of the key file from before none can be tried out in it',
  ).action(rotatePepper);
}

async function search(options: OperatingOptions): Promise<void> {
  const asked = await personAsked(undefined, process.stdin);
  const contact = await withBaton(options, ROLE, (api) => contactKnown(api, asked));
  const contacts = contact === undefined ? [] : [contact];
  print({ contacts }, options, () => `${contact ?? 'Nobody is known by this address.'}\n`);
}

async function status(contact: string | undefined, options: OperatingOptions): Promise<void> {
  const asked = await personAsked(contact, process.stdin);
  const subject = await withBaton(options, ROLE, async (api) =>
    answered(await api.get(`/data-subjects/${await contactOf(api, asked)}`)),
  );
  printSubject(subject, options);
}

async function tell(
  contact: string | undefined,
  options: ToldOptions,
  route: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const asked = await personAsked(contact, process.stdin);
  const subject = await withBaton(options, ROLE, async (api) => {
    const path = `/data-subjects/${await contactOf(api, asked)}/${route}`;
    return answered(await api.post(path, { reason: options.reason, ...more }, randomUUID()));
  });
  printSubject(subject, options);
}

function printSubject(subject: JsonObject, options: OperatingOptions): void {
  print(subject, options, () => dataSubjectText(subject as unknown as DataSubject, terminalColumns()));
}

async function rotate(options: ToldOptions): Promise<void> {
  const body = await withBaton(options, ROLE, async (api) =>
    answered(await api.post('/key-epochs/rotation', { reason: options.reason }, randomUUID())),
  );
  const { epoch, rewrapped } = body as unknown as Rotated;
  print(body, options, () => `Epoch ${epoch} has begun, ${rewrapped} keys are wrapped anew: take a new backup now.\n`);
}

async function rotatePepper(options: ToldOptions): Promise<void> {
  const body = await withBaton(options, ROLE, async (api) =>
    answered(await api.post('/blind-index/rotation', { reason: options.reason }, randomUUID())),
  );
  const { pepper, recomputed } = body as unknown as PepperRotated;
  const after = 'put a fresh copy of keys.json away now, no older one opens the key store any more.';
  print(body, options, () => `Pepper ${pepper} is over ${recomputed} addresses and opt-outs: ${after}\n`);
}
