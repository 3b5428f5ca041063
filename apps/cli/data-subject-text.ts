import type { DataSubject } from '../../libs/erasure/data-subjects.js';
import { timeText } from './timeline-table.js';
import { tableOf } from './table.js';

/** How it stands with a person, in opaque ids: whose erasing is how far, what holds it, and the receipts. */
export function dataSubjectText(subject: DataSubject, columns: number | undefined): string {
  const { contact, contacts, leads, consents, onHold, erasure, receipts } = subject;
  const merged = contacts.filter((one) => one !== contact);
  const lines: readonly (readonly [string, string])[] = [
    ['Contact', contact],
    ['Merged', merged.join('\n')],
    ['Leads', leads.join('\n')],
    [
      'Consents',
      Object.entries(consents)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
    ['Legal hold', onHold ? 'yes: nothing is erased' : 'no'],
    ['Erasure', erasure ? `${erasure.stage}${erasure.keepOptOut ? ', an opt-out is kept' : ''}` : 'not asked for'],
    ...Object.entries(erasure?.done ?? {}).map(
      ([one, steps]) => [`Done ${one.slice(0, 8)}`, steps.join(', ')] as const,
    ),
  ];
  const head = lines
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${`${name}:`.padEnd(15)}${indented(text)}\n`);
  if (receipts.length === 0) return head.join('');
  const rows = receipts.map(({ id, type, stream, revision, recordedAt }) => [
    timeText({ occurredAt: recordedAt }),
    type,
    `${stream}@${revision}`,
    id,
  ]);
  return head.join('') + tableOf(['Recorded (UTC)', 'Event', 'Stream@revision', 'Id'], rows, columns);
}

const indented = (text: string): string => text.replaceAll('\n', `\n${' '.repeat(15)}`);
