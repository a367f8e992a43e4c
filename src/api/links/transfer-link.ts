import type { Call } from "../../http/call.ts";
import { answerLink, findLink } from "./read-link.ts";

/** `POST /api/v1/links/<code>/transfer` */
export async function transferLink(call: Call, to: string): Promise<Response> {
  const { app, actor } = call;
  const { shortCode } = await findLink(call);
  await app.links.transfer.transfer(actor, [shortCode], to);
  return answerLink(call, await app.links.get(actor, shortCode));
}
