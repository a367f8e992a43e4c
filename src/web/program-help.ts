import type { Call } from "../http/call.ts";
import { respondWith } from "../http/response/response.ts";
import { href } from "../http/urls.ts";
import { text } from "./text.en.ts";

/** `GET /` by a program: how files and links are sent, with the address of this site. */
export function showHelp(call: Call): Response {
  const { origin } = call.client;
  const help = text.help({
    origin,
    title: call.settings["app.title"],
    keys: origin + href("keys"),
    api: origin + href("apiPage"),
  });
  return respondWith(help, "json", "text/plain; charset=utf-8", {
    call,
    headers: new Headers({ vary: "accept" }),
  });
}
