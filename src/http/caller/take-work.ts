import type { Call } from "../call.ts";

export type Caller = Pick<Call, "app" | "actor" | "client">;

/**
 * Takes CPU time of the caller for a response that is expensive to make.
 * @throws Problem `too_many`
 */
export function takeWork(caller: Caller, costMs: number): void {
  caller.app.limits.takeWork(userIdOf(caller), caller.client.address, costMs);
}

/** Null for a visitor. */
export function userIdOf({ actor }: Caller): number | null {
  return actor.is === "user" ? actor.userId : null;
}
