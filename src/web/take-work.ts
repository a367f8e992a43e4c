import type { Call } from "../http/call.ts";
import { callerOf } from "../limits/request-limits.ts";
import type { RenderQueueName, RenderTurn } from "../pages/render-queue.ts";

type Caller = Pick<Call, "app" | "actor" | "client">;

/**
 * Takes CPU time of the caller for a response that is expensive to make.
 * @throws Problem `too_many`
 */
export function takeWork(caller: Caller, costMs: number): void {
  caller.app.limits.takeWork(userIdOf(caller), caller.client.address, costMs);
}

/** The caller's turn to have a document rendered. A save has no price: accounts have their rate limit. */
export function renderTurn(caller: Caller, queue: RenderQueueName): RenderTurn {
  return {
    queue,
    by: callerOf(userIdOf(caller), caller.client.address),
    spend: (costMs) => {
      if (queue !== "save") takeWork(caller, costMs);
    },
  };
}

function userIdOf({ actor }: Caller): number | null {
  return actor.is === "user" ? actor.userId : null;
}
