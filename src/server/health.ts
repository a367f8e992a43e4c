import { checkReady, isWell } from "../health/readiness.ts";
import type { Handler } from "../http/call.ts";
import { json } from "../http/response/response.ts";

/** `GET /health`: that the process answers at all. */
export const health: Handler = (call) => json({ status: "pass" }, { call });

/** `GET /health/ready`, for load balancers: whether links can be answered. */
export const ready: Handler = async (call) => {
  const isReady = isWell(await checkReady(call.app));
  return json({ status: isReady ? "pass" : "fail" }, { call, status: isReady ? 200 : 503 });
};
