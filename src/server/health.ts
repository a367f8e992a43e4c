import type { Handler } from "../http/call.ts";
import { json } from "../http/response/response.ts";

/** `GET /health`: that the process answers at all. */
export const health: Handler = (call) => json({ status: "pass" }, { call });
