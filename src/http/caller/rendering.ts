import type { Settings } from "../../config/settings.ts";
import { callerOf } from "../../limits/request-limits.ts";
import type { RenderQueueName, RenderTurn } from "../../pages/render-queue.ts";
import { type Caller, takeWork, userIdOf } from "./take-work.ts";

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

export function renderOptions(settings: Settings): { nofollow: boolean } {
  return { nofollow: settings["links.nofollow"] };
}
