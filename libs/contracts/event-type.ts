import { CURRENT_FORMS, currentVersion, RETIRED_FORMS } from './event-forms.js';
import { EventVersions } from './event-versions.js';

/** Every version of every type that stands in Baton's logs. */
export const eventVersions = new EventVersions(CURRENT_FORMS, RETIRED_FORMS);

/** A type as it is written today, with its version. */
export const storedType = (name: string): string => `${name}.v${currentVersion(name)}`;

/** The names in all stored types that this program knows. */
export const eventNames: ReadonlyMap<string, string> = eventVersions.names;

/** The name in a stored type, or undefined for a type or version that this program does not know. */
export const eventName = (stored: string): string | undefined => eventVersions.nameOf(stored);
