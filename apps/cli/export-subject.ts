import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { SubjectAccess } from '../../libs/erasure/data-subjects.js';
import { answered } from './answered.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { print, type OperatingOptions } from './operating.js';
import { contactOf, personAsked } from './person-asked.js';
import { withBaton } from './reach-baton.js';

interface ExportSubjectOptions extends OperatingOptions {
  readonly reason: string;
  readonly out: string;
}

/** `baton privacy export`: the file is made before anything is asked for, since what is given out is told on the contact. */
export async function exportSubject(contact: string | undefined, options: ExportSubjectOptions): Promise<void> {
  const { reason, out } = options;
  const asked = await personAsked(contact, process.stdin);
  const file = await open(out, 'wx', 0o600).catch((fault: NodeJS.ErrnoException) => {
    throw new CommandFailed(EXIT.unusableInput, `${out} cannot be made (${fault.code})`);
  });
  let isWhole = false;
  try {
    const held = await withBaton(options, 'privacy', async (api) => {
      const path = `/data-subjects/${await contactOf(api, asked)}/export`;
      return answered(await api.post(path, { reason }, randomUUID())) as unknown as SubjectAccess;
    });
    await file.writeFile(`${JSON.stringify(held, null, 2)}\n`);
    await file.sync();
    isWhole = true;
    const counts = { file: out, contact: held.contact, contacts: held.contacts.length, leads: held.leads.length };
    print(
      counts,
      options,
      () => `${out}: all of contact ${held.contact}, leads ${counts.leads}; delete it when it is handed over\n`,
    );
  } finally {
    await file.close();
    if (!isWhole) await rm(out, { force: true });
  }
}
