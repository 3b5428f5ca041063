/** Nest's token for the clock, which is a function and so has no class to inject by. */
export const CLOCK = Symbol('clock');
/** Where looks at personal data are logged. */
export const ACCESS_LOG = Symbol('access log');
