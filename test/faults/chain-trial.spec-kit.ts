import { Chain } from './chain.spec-kit.js';
import { checkStores, settled } from './chain-check.spec-kit.js';
import { ChainLoad, type Sent } from './chain-load.spec-kit.js';

/** Faults one after another on one chain of services; after each all invariants are computed from the stores. */
export class ChainTrial {
  /** every command since the beginning */
  readonly sent: Sent[] = [];
  /** streams into which a test wrote itself */
  readonly poisoned = new Set<string>();

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
    const found = await fault(load).finally(async () => {
      await load.end();
      this.sent.push(...load.sent);
    });
    const lag = await settled(this.chain);
    const events = await checkStores(this.chain, this.sent, this.poisoned);
    const more = found ? `; ${found}` : '';
    process.stderr.write(
      `${what}; ${this.sent.length - already} commands, ${events} events: ` +
        `V1 V2 V5 V7 hold, lag 0 after ${lag.toFixed(1)} s (V12)${more}\n`,
    );
  }

  dispose(): Promise<void> {
    return this.chain.dispose();
  }
}
