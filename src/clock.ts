/** Milliseconds since 1970 UTC. Domain modules take the time from here, never from `Date.now()`, so that tests can fix it. */
export type Clock = () => number;

/** Cryptographically strong random bytes. */
export type Random = (bytes: number) => Uint8Array;

export const systemClock: Clock = () => Date.now();

export const systemRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));
