import type { App } from "../../app.ts";
import type { Settings } from "../../config/settings.ts";
import type { Call } from "../../http/call.ts";
import {
  type Arrival,
  addressBehind,
  addressOf,
  isByHttps,
  readPeer,
  trustOf,
} from "../../http/request/client.ts";
import { readCookie, sessionCookieName } from "../../http/request/cookies.ts";
import { type Networks, networksOf } from "../../http/request/proxy-trust.ts";
import type { Opening } from "../../links/cached-link.ts";
import { countryCode } from "../../visits/country/countries.ts";
import type { Sender, UnreadSender, Visit } from "../../visits/visit.ts";

/** A request that opens a link. */
export type Visited = Pick<Call, "app" | "request" | "settings" | "connection">;

/** Counts a visit if a link's page was sent: not for a HEAD, and not if the conditions failed. */
export function recordPageVisit(visited: Visited, opening: Opening, { status }: Response): void {
  const isOpened = status === 200 || status === 304;
  if (isOpened && visited.request.method === "GET")
    recordVisit(visited, opening, visited.app.clock());
}

/** Counts one visit of a link, unless the settings leave it out. */
export function recordVisit(visited: Visited, opening: Opening, now: number): void {
  const { app, request, settings, connection } = visited;
  const arrival = { request, peerAddress: connection.address(request), settings };
  if (isExcluded(arrival)) return;
  const visit = visitOf(arrival, opening, now);
  const token = settings["visits.count_owners"] ? null : sessionToken(arrival);
  if (token === null) count(app, opening, visit);
  else void countUnlessByOwner(app, opening, visit, token);
}

function visitOf(arrival: Arrival, { id: linkId }: Opening, at: number): Visit {
  const { headers, url } = arrival.request;
  const query = url.indexOf("?");
  return {
    linkId,
    at,
    userAgent: headers.get("user-agent") ?? "",
    referrer: headers.get("referer") ?? "",
    purpose: headers.get("sec-purpose") ?? "",
    language: headers.get("accept-language") ?? "",
    query: query < 0 ? "" : url.slice(query + 1),
    sender: senderOf(arrival),
    isPrivate: isPrivate(arrival),
  };
}

function count(app: App, opening: Opening, visit: Visit): void {
  app.metrics.countAccess(opening.kind, app.visits.record(visit));
}

/** The response does not wait for it. */
async function countUnlessByOwner(
  app: App,
  opening: Opening,
  visit: Visit,
  token: string,
): Promise<void> {
  try {
    const user = (await app.accounts.sessions.find(token))?.user;
    if (user !== undefined && (await app.links.cache.isOwnedBy(opening.id, user.id))) return;
  } catch {
    // While the database is away, everybody counts.
  }
  count(app, opening, visit);
}

function sessionToken(arrival: Arrival): string | null {
  if (!arrival.request.headers.has("cookie")) return null;
  return readCookie(arrival.request, sessionCookieName(isByHttps(arrival)));
}

/** Global Privacy Control, and Do Not Track before it. */
function isPrivate({ request: { headers }, settings }: Arrival): boolean {
  return (
    settings["visits.respect_gpc"] && (headers.get("sec-gpc") === "1" || headers.get("dnt") === "1")
  );
}

/** Worked out once for each change of the settings. */
const knownNetworks = new WeakMap<Settings, Networks>();

function isExcluded(arrival: Arrival): boolean {
  const { settings } = arrival;
  if (settings["visits.excluded_networks"].length === 0) return false;
  return excludedBy(settings)(addressOf(arrival));
}

function excludedBy(settings: Settings): Networks {
  const known = knownNetworks.get(settings);
  if (known !== undefined) return known;
  const networks = networksOf(settings["visits.excluded_networks"]);
  knownNetworks.set(settings, networks);
  return networks;
}

/** Only a trusted proxy knows the country. */
function senderOf({ request: { headers }, peerAddress, settings }: Arrival): UnreadSender {
  const isProxied = settings["server.trusted_proxies"].length > 0 || !peerAddress;
  const chain = isProxied ? headers.get("x-forwarded-for") : null;
  const name = isProxied && settings["visits.countries"] ? settings["visits.country_header"] : "";
  const country = name === "" ? "" : (headers.get(name) ?? "");
  return new ArrivedSender(peerAddress, chain, country, settings);
}

/**
 * What is needed to find out the sender of a request later: it holds no request, whose memory is wanted for others.
 * The settings change rarely, and their change matters only to the requests of that moment.
 */
class ArrivedSender {
  readonly #peerAddress: string | null;
  readonly #chain: string | null;
  readonly #country: string;
  readonly #settings: Settings;

  constructor(
    peerAddress: string | null,
    chain: string | null,
    country: string,
    settings: Settings,
  ) {
    this.#peerAddress = peerAddress;
    this.#chain = chain;
    this.#country = country;
    this.#settings = settings;
  }

  get key(): string {
    const peer = this.#peerAddress ?? "";
    if (this.#chain === null && this.#country === "") return peer;
    return `${peer}\n${this.#chain ?? ""}\n${this.#country}`;
  }

  read(): Sender {
    const settings = this.#settings;
    const peer = readPeer(this.#peerAddress);
    const country = this.#country;
    return {
      address: addressBehind(peer, this.#chain, settings),
      country: country !== "" && trustOf(settings)(peer, 1) ? countryCode(country) : "",
    };
  }
}
