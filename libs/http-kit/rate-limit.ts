import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from './problem-exception.js';

/** How much is let through: `requests` in any window of `seconds`. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** A burst for one subject; a service that sends more shares it over several subjects or is configured. */
export const DEFAULT_RATE_LIMIT: RateLimit = { requests: 2_000, seconds: 1 };
/** Failed authentications from one address: guessing is slow, a misconfigured client is not locked out for long. */
export const DEFAULT_FAILURE_LIMIT: RateLimit = { requests: 100, seconds: 10 };

/**
 * The text of BATON_RATE_LIMIT: requests per second and subject, as a whole number from 1 to 1,000,000.
 *
 * @throws RangeError naming the rule
 */
export function parseRateLimit(text: string | undefined): RateLimit {
  if (text === undefined || text === '') return DEFAULT_RATE_LIMIT;
  const requests = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (requests < 1 || requests > 1_000_000)
    throw new RangeError('the rate limit must be a whole number from 1 to 1000000');
  return { requests, seconds: 1 };
}

/** Counts per key in this process's memory. Keys vanish with their window, so what is kept is bounded by the traffic. */
export class RateLimiter {
  readonly #limiter: RateLimiterMemory;

  constructor(private readonly limit: RateLimit) {
    this.#limiter = new RateLimiterMemory({ points: limit.requests, duration: limit.seconds });
  }

  /** @throws ProblemException 429 when the key has used up its window */
  async take(key: string): Promise<void> {
    try {
      await this.#limiter.consume(key);
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      throw rateLimited(secondsLeft(refusal as RateLimiterRes));
    }
  }

  /** @throws ProblemException 429 when the key has used up its window; counts nothing itself */
  async assertNotUsedUp(key: string): Promise<void> {
    const used = await this.#limiter.get(key);
    if (used !== null && used.consumedPoints >= this.limit.requests) throw rateLimited(secondsLeft(used));
  }
}

const secondsLeft = (used: RateLimiterRes): number => Math.max(1, Math.ceil(used.msBeforeNext / 1000));
