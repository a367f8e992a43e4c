import type { Call } from "../../../http/call.ts";
import { contentOrigin } from "../../../http/content-origin.ts";
import { isProgram } from "../../../http/request/accept.ts";
import { readAgent } from "../../../visits/user-agent.ts";

/** What it depends on whether a request is answered with a frame. */
export const FRAME_VARY = "sec-fetch-dest, accept, user-agent";

/**
 * Whether HTML pages of users are shown in a frame on this site: where there is no content host, and users who could
 * deceive each other. docs/decisions/0013-frames-around-html-pages.md
 */
export async function framesPages({ app, settings }: Pick<Call, "app" | "settings">) {
  return contentOrigin(settings) === null && (await app.accounts.users.areSeveral());
}

/** Whether a browser is to show what it asked for, as its headers say. Bots and programs get the bytes. */
export function isNavigation(request: Request): boolean {
  const agent = readAgent(request.headers.get("user-agent") ?? "");
  if (agent.isBot || agent.isPreview) return false;
  const destination = request.headers.get("sec-fetch-dest");
  if (destination === null) return !isProgram(request);
  return destination === "document" || isFrame(destination);
}

/** Whether the browser says that it loads a frame. */
export function isInFrame({ headers }: Request): boolean {
  return isFrame(headers.get("sec-fetch-dest"));
}

function isFrame(destination: string | null): boolean {
  return destination === "iframe" || destination === "frame";
}

/** Whether a request is of a frame, as its headers or else its pass prove. */
export async function isOfFrame(call: Call, pass: string, address: string): Promise<boolean> {
  if (call.request.headers.has("sec-fetch-dest")) return isInFrame(call.request);
  return await call.app.accounts.oncePass.redeem(pass, forCaller(call, address));
}

/** A pass for a frame; empty for a browser that says itself that it loads one. */
export function passFor(call: Call, address: string): string {
  if (call.request.headers.has("sec-fetch-dest")) return "";
  return call.app.accounts.oncePass.issue(forCaller(call, address));
}

/** A pass opens no frame for another caller than the one it was issued to. */
function forCaller({ client, session }: Call, address: string): string {
  return [client.address, session?.id ?? "", address].join(" ");
}
