import type { Random } from "../../src/clock.ts";

/** A number from 0 up to 1. */
export type Dice = () => number;

/** The same numbers in every run, so that runs can be compared (mulberry32). */
export function seededDice(seed: number): Dice {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomFrom(dice: Dice): Random {
  return (bytes) => Uint8Array.from({ length: bytes }, () => Math.floor(dice() * 256));
}

export function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const keyed = items.map((item) => ({ item, key: dice() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
