/** A thread that fails when it is asked to. */
import { answerRequests } from "../../src/os/worker-thread.ts";

export type FailingRequest = "open" | "refuse" | "crash" | "end" | "echo";

answerRequests((request: FailingRequest) => {
  if (request === "refuse") throw Object.assign(new Error("refused"), { code: "EREFUSED" });
  if (request === "crash") setTimeout(() => Promise.reject(new Error("crashed")));
  if (request === "end") process.exit(3);
  return request;
});
