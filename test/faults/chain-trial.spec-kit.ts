import { Chain, SLOTS } from './chain.spec-kit.js';
import { checkStores, saidOf, settled } from './chain-check.spec-kit.js';
import { ChainLoad, type Sent } from './chain-load.spec-kit.js';

/** Longer than any fault here keeps everybody from an answer. */
const LONGEST_SILENCE_MS = 120_000;

/** Faults one after another on one chain of services; after each all invariants are computed from the stores. */
export class ChainTrial {
  /** every command since the beginning */
  readonly sent: Sent[] = [];
  /** streams into which a test wrote itself, and from which revision on */
  readonly poisoned = new Map<string, number>();

  private constructor(readonly chain: Chain) {}

  static async open(options?: Parameters<typeof Chain.open>[0]): Promise<ChainTrial> {
    return new ChainTrial(await Chain.open(options));
  }

  /**
   * Does something under load. V1, V2, V5, V7 and V12 are computed, and told in a line.
   *
   * @param fault answers what else it found to hold
   */
  async underLoad(what: string, fault: (load: ChainLoad) => Promise<string | undefined | void>): Promise<void> {
    const load = new ChainLoad(this.chain);
    const already = this.sent.length;
    const watch = this.watch(what);
    const found = await Promise.race([fault(load), watch.standing])
      .finally(async () => {
        await load.end();
        this.sent.push(...load.sent);
      })
      .finally(() => watch.end());
    const lag = await settled(this.chain);
    const events = await checkStores(this.chain, this.sent, this.poisoned);
    const more = found ? `; ${found}` : '';
    process.stderr.write(
      `${what}; ${this.sent.length - already} commands, ${events} events: ` +
        `V1 V2 V5 V7 hold, lag 0 after ${lag.toFixed(1)} s (V12)${more}\n`,
    );
  }

  /** Where no command is answered any more, it is said who stands where, instead of waiting for the runner's patience. */
  private watch(what: string): { readonly standing: Promise<never>; readonly end: () => void } {
    let before = this.chain.answers;
    let timer: NodeJS.Timeout | undefined;
    const standing = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (this.chain.answers > before) return void (before = this.chain.answers);
        const said = SLOTS.map((slot) => saidOf(this.chain, slot)).join('\n');
        const fault = new Error(`${what}: no command was answered in ${LONGEST_SILENCE_MS / 1_000} s\n${said}`);
        process.stderr.write(`${fault.message}\n`);
        this.chain.giveUp(fault);
        reject(fault);
      }, LONGEST_SILENCE_MS);
    });
    standing.catch(() => undefined);
    return { standing, end: () => clearInterval(timer) };
  }

  dispose(): Promise<void> {
    return this.chain.dispose();
  }
}
