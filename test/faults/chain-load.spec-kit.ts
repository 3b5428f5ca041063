import { randomUUID } from 'node:crypto';
import type { LeadAnswer } from '../../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView } from '../../libs/lead-commands/http/lead-view.js';
import type { Heard } from '../log-check.spec-kit.js';
import { goodLead } from '../people.spec-kit.js';
import { soon, type Chain } from './chain.spec-kit.js';

/** What a writer sent and what it heard of it, once it was answered at last. */
export interface Sent extends Heard {
  readonly wanted: 'done' | 'refused';
}

/** Leads of a writer that the routing may have before it: load without end, but no more than is done in time. */
const MOST_WAITING = 4;

const WRITERS = ['maria', 'max', 'mona', 'maria', 'max', 'mona'];

/** Writers that create leads which qualify, work on them, and send what must be refused, until they are told to end. */
export class ChainLoad {
  readonly sent: Sent[] = [];
  private isEnding = false;
  private readonly writers: readonly Promise<void>[];

  constructor(private readonly chain: Pick<Chain, 'command' | 'ask'>) {
    this.writers = WRITERS.map((person) => this.write(person));
  }

  /** Each writer ends what it has begun. */
  async end(): Promise<void> {
    this.isEnding = true;
    await Promise.all(this.writers);
  }

  private async isOffered(person: string, lead: string): Promise<boolean> {
    return (await this.chain.ask<LeadView>(person, `/leads/${lead}`))?.state === 'offered';
  }

  private async write(person: string): Promise<void> {
    const send = async (path: string, body: object, wanted: Sent['wanted']): Promise<LeadAnswer> => {
      const { status, body: answer } = await this.chain.command(person, path, body);
      this.sent.push({ wanted, status, events: status < 300 ? answer.events.map(({ id }) => id) : [] });
      return answer;
    };
    const waiting: string[] = [];
    while (!this.isEnding) {
      const { lead } = await send('/leads', goodLead({ details: { email: `${randomUUID()}@a.example` } }), 'done');
      await send(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots', note: 'again' }, 'done');
      await send(`/leads/${lead}/record-interest`, { source: 'email' }, 'refused');
      waiting.push(lead);
      const oldest = waiting.length > MOST_WAITING ? waiting.shift() : undefined;
      while (oldest !== undefined && !this.isEnding && !(await this.isOffered(person, oldest))) await soon();
    }
  }
}
