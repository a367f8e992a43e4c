import { invalid } from "../../problem.ts";
import { text } from "../text.en.ts";

declare const brand: unique symbol;

/** Websites that may show a link in a frame, as sources of a policy with spaces between them; `*` alone: any. */
export type EmbedHosts = string & { readonly [brand]: true };

/** No website may. */
export const NO_HOSTS = "" as EmbedHosts;

/** Every website may. */
export const ANY_HOST = "*" as EmbedHosts;

const MAX_HOSTS = 20;

/** Of all together: a header of a proxy has a few thousand. */
const MAX_CHARACTERS = 1000;

/**
 * Reads a list with spaces, commas or line breaks between the websites.
 * @throws Problem `invalid` on `embed_hosts`
 */
export function parseEmbedHosts(given: string, mayBeAny: boolean): EmbedHosts {
  const words = given.split(/[\s,]+/).filter((word) => word !== "");
  if (words.includes(ANY_HOST)) {
    if (mayBeAny) return ANY_HOST;
    throw invalid("embed_hosts", text.embedding.notAny);
  }
  if (words.length > MAX_HOSTS) throw invalid("embed_hosts", text.embedding.tooMany(MAX_HOSTS));
  const hosts = [...new Set(words.map(parseHost))].join(" ");
  if (hosts.length > MAX_CHARACTERS)
    throw invalid("embed_hosts", text.embedding.tooLong(MAX_CHARACTERS));
  return hosts as EmbedHosts;
}

/** Scheme, an optional `*.` and the rest; nothing that ends a source, a directive or a header. */
const PARTS = /^(https?):\/\/(\*\.)?([^\s*/?#@\\;,'"[\]]+)\/?$/i;

function parseHost(given: string): string {
  const [, scheme = "", wildcard = "", rest = ""] = PARTS.exec(given) ?? [];
  const url = URL.parse(`${scheme}://${rest}`);
  if (url === null || !/^[a-z0-9._-]+$/.test(url.hostname))
    throw invalid("embed_hosts", text.embedding.noHost(given));
  if (url.protocol === "http:" && !isLocal(url.hostname))
    throw invalid("embed_hosts", text.embedding.notHttps(given));
  return `${url.protocol}//${wildcard}${url.host}`;
}

function isLocal(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "127.0.0.1";
}

/** The websites of a stored link. */
export function embedHostsFrom(kind: string, stored: EmbedHosts | null): EmbedHosts {
  if (kind === "redirect") return NO_HOSTS;
  return stored ?? (kind === "file" ? ANY_HOST : NO_HOSTS);
}
