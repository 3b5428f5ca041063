/** The current version of every event type. A payload that changes in a way readers notice gets the next one. */
const CURRENT_VERSION = 1;

export const storedType = (name: string): string => `${name}.v${CURRENT_VERSION}`;

/** The name in a stored type, or undefined for a version (or a spelling) that this program does not know. */
export function eventName(stored: string): string | undefined {
  return stored.endsWith(`.v${CURRENT_VERSION}`) ? stored.slice(0, -`.v${CURRENT_VERSION}`.length) : undefined;
}
