const LONGEST_MS = 15_000;

/**
 * Asks again and again until the answer is as wanted, without a pause: each question is itself a wait for the server.
 *
 * @throws naming the last answer where it takes too long
 */
export async function until<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  what: string,
  longestMs = LONGEST_MS,
): Promise<T> {
  const end = performance.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (performance.now() > end)
      throw new Error(`${what} did not come about: ${JSON.stringify(answer)?.slice(0, 800)}`);
  }
}
