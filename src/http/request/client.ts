import type { Settings } from "../../config/settings.ts";
import { normaliseAddress } from "../../os/ip-network.ts";
import { Problem } from "../../problem.ts";
import { percentDecoded } from "../../text/text-encoding.ts";
import type { Client } from "../call.ts";
import { text } from "../text.en.ts";
import { MAX_URL_LENGTH } from "../urls.ts";
import { behindProxies, LOCAL, type ProxyTrust, parseProxyTrust } from "./proxy-trust.ts";

/** What the server knows of a request before anything in it is believed. */
export interface Arrival {
  readonly request: Request;
  /** From Bun; null or "" for a unix socket. */
  readonly peerAddress: string | null;
  readonly settings: Settings;
}

/** Who is asking and how the site is called, as far as the peer can be believed. */
export function readClient(arrival: Arrival): Client {
  const isHttps = isByHttps(arrival);
  const publicOrigin = arrival.settings["server.public_url"];
  return {
    address: addressOf(arrival),
    isHttps,
    isProxied: isByProxy(arrival),
    origin: publicOrigin || askedOrigin(arrival.request, isHttps),
  };
}

/** The scheme of every request under these settings, or null where a proxy's word decides. */
export function settledScheme(settings: Settings, isUnixSocket: boolean): "https" | "http" | null {
  if (settings["server.public_url"].startsWith("https:")) return "https";
  return isUnixSocket || settings["server.trusted_proxies"].length > 0 ? null : "http";
}

/** Whether the client uses https, by `server.public_url` or by the header of a trusted proxy. */
export function isByHttps({ request, peerAddress, settings }: Arrival): boolean {
  const scheme = settledScheme(settings, !peerAddress);
  if (scheme !== null) return scheme === "https";
  return forwardedScheme(request) === "https" && trustOf(settings)(readPeer(peerAddress), 1);
}

/** The network address of the client, as far as its proxies can be believed. */
export function addressOf({ request, peerAddress, settings }: Arrival): string {
  return addressBehind(readPeer(peerAddress), forwardedFor(request), settings);
}

/** The same of a request that is answered already. @param chain its header X-Forwarded-For */
export function addressBehind(peer: string, chain: string | null, settings: Settings): string {
  return chain === null ? peer : behindProxies(peer, chain, trustOf(settings));
}

/** Also a trusted peer is a proxy only where it names a client: a unix socket can be asked directly. */
function isByProxy({ request, peerAddress, settings }: Arrival): boolean {
  return forwardedFor(request) !== null && trustOf(settings)(readPeer(peerAddress), 1);
}

/** Whether a proxy on this machine named its client and is not trusted: the usual misconfiguration. */
export function ignoredForwardedFor({ request, peerAddress, settings }: Arrival): boolean {
  if (forwardedFor(request) === null) return false;
  const peer = readPeer(peerAddress);
  return isLoopback(peer) && !trustOf(settings)(peer, 1);
}

/** Worked out once for each change of the settings. */
const knownTrusts = new WeakMap<Settings, ProxyTrust>();

export function trustOf(settings: Settings): ProxyTrust {
  const known = knownTrusts.get(settings);
  if (known !== undefined) return known;
  const trust = parseProxyTrust(settings["server.trusted_proxies"]);
  knownTrusts.set(settings, trust);
  return trust;
}

/** Only IPv6 can be written in several ways, v4-mapped among them. */
export function readPeer(peerAddress: string | null): string {
  if (!peerAddress) return LOCAL;
  return peerAddress.includes(":") ? (normaliseAddress(peerAddress) ?? peerAddress) : peerAddress;
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

function forwardedFor(request: Request): string | null {
  return request.headers.get("x-forwarded-for");
}

function forwardedScheme(request: Request): string | undefined {
  return request.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase();
}

/** A request without a well-formed host is refused by `canonicalUrl`; its refusal still needs some origin. */
function askedOrigin(request: Request, isHttps: boolean): string {
  const host = askedHost(request) ?? "localhost";
  return isHttps ? `https://${host.replace(/:443$/, "")}` : `http://${host.replace(/:80$/, "")}`;
}

const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;

/** `host[:port]` in lower case if the Host header is well-formed (RFC 9110, 7.2), else null. */
export function parseHost(hostHeader: string): string | null {
  const [whole, port = "80"] = HOST.exec(hostHeader) ?? [];
  if (whole === undefined || whole.length > 255 || Number(port) === 0) return null;
  return URL.canParse(`http://${whole}`) ? whole.toLowerCase() : null;
}

/** The host that a request was sent to. Without a Host header, Bun's URL is relative; a test's Request may be absolute. */
export function askedHost(request: Request): string | null {
  const header = request.headers.get("host") ?? URL.parse(request.url)?.host;
  return header === undefined ? null : parseHost(header);
}

/**
 * The one canonical form of a request's address: dots resolved, each segment of the path decoded once and
 * encoded again in one way. A Problem if it has none: `bad_request`, `uri_too_long`, or `not_found` for a NUL.
 */
export function canonicalUrl(request: Request): URL | Problem {
  if (request.url.length > MAX_URL_LENGTH) return tooLong();
  const url = URL.parse(request.url, NAMELESS);
  if (url === null || isMalformedHost(request)) return noHost();
  const path = canonicalPath(url.pathname);
  if (path === null) return nothingThere();
  if (path !== url.pathname) url.pathname = path;
  return url;
}

/** Only HTTP/1.0 has no Host header, and thus no URL: Bun refuses such a request of HTTP/1.1. */
const NAMELESS = "http://localhost";

function isMalformedHost(request: Request): boolean {
  return request.headers.has("host") && askedHost(request) === null;
}

const tooLong = () => new Problem("uri_too_long", text.address.tooLong);
const noHost = () => new Problem("bad_request", text.address.noHost);
const nothingThere = () => new Problem("not_found", text.address.nothingHere);

const PLAIN_PATH = /^[\w\-/]*$/;

/** A path with each segment decoded once and encoded again in one way; null for a NUL. */
export function canonicalPath(path: string): string | null {
  if (PLAIN_PATH.test(path)) return path;
  const segments = path.split("/").map(decodeSegment);
  if (segments.some((segment) => segment.includes("\0"))) return null;
  return segments.map(encodeURIComponent).join("/");
}

/** Bytes that are not UTF-8 become U+FFFD: they may be glued to a short code. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return percentDecoded(segment).toString();
  }
}

/** Whether a request only reads (RFC 9110, 9.2.1). */
export function isReading({ method }: Pick<Request, "method">): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}
