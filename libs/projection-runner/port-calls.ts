import type { MessagePort } from 'node:worker_threads';
import { StoreFault } from '../event-store/event-store.js';

/** How an error crosses: a clone would lose its name. */
interface Fault {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
}
type Call = { readonly of: string; readonly name: string; readonly args: readonly unknown[] };
type Message =
  | { readonly call: Call; readonly question?: number }
  | { readonly question: number; readonly answer: unknown }
  | { readonly question: number; readonly fault: Fault };

interface Asking {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What the other end may call, by the names under which it is offered. */
export type Offered = Record<string, object>;

/** The other thread has ended, wanted or not. */
export class ThreadEnded extends Error {
  override name = 'ThreadEnded';
}

/**
 * Calls between two threads of this program over a port, in both directions. Arguments and answers are what can be
 * cloned; an error comes with its name, code and message.
 */
export class PortCalls {
  readonly #asking = new Map<number, Asking>();
  #asked = 0;
  #ended = false;

  /** @param offered may grow later */
  constructor(
    private readonly port: MessagePort,
    private readonly offered: Offered,
  ) {
    port.on('message', (message: Message) => void this.#take(message));
    port.once('close', () => this.#end());
    // Whoever waits for an answer has a thread that keeps the process alive.
    port.unref();
  }

  /** Whether the other thread has ended. */
  get isEnded(): boolean {
    return this.#ended;
  }

  /** @throws ThreadEnded, or what the other end threw */
  call(of: string, name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(new ThreadEnded());
    const question = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      this.#asking.set(question, { resolve, reject });
      this.#send({ call: { of, name, args }, question });
    });
  }

  /** Without waiting for an answer. */
  tell(of: string, name: string): void {
    if (!this.#ended) this.#send({ call: { of, name, args: [] } });
  }

  async #take(message: Message): Promise<void> {
    if ('call' in message) return this.#answer(message.call, message.question);
    const asking = this.#asking.get(message.question);
    this.#asking.delete(message.question);
    if ('fault' in message) asking?.reject(errorOf(message.fault));
    else asking?.resolve(message.answer);
  }

  async #answer({ of, name, args }: Call, question: number | undefined): Promise<void> {
    const object = this.offered[of] as Record<string, (...args: readonly unknown[]) => unknown> | undefined;
    try {
      const answer = await object?.[name]?.(...args);
      if (question !== undefined) this.#send({ question, answer });
    } catch (error) {
      if (question === undefined) throw error;
      this.#send({ question, fault: faultOf(error) });
    }
  }

  #send(message: Message): void {
    this.port.postMessage(message);
  }

  #end(): void {
    this.#ended = true;
    for (const { reject } of this.#asking.values()) reject(new ThreadEnded());
    this.#asking.clear();
  }
}

/** An object of the other end, as far as its methods are named. */
export function remote<Of extends object>(
  calls: PortCalls,
  of: string,
  names: Readonly<Record<keyof Of & string, true>>,
): Pick<Of, keyof Of> {
  const methods = Object.keys(names).map((name) => [name, (...args: unknown[]) => calls.call(of, name, args)]);
  return Object.fromEntries(methods) as Pick<Of, keyof Of>;
}

function faultOf(error: unknown): Fault {
  const { name = 'Error', code, message = '' } = Object(error) as Partial<Fault>;
  return { name, code, message };
}

/** What the store cannot do is answered as such, wherever it was asked. */
function errorOf({ name, code, message }: Fault): Error {
  if (name === 'StoreFault') return new StoreFault(message);
  return Object.assign(new Error(message), { name, code });
}
