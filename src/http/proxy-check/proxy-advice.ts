import type { Fault } from "../../fault.ts";
import { LOCAL } from "../request/proxy-trust.ts";
import { text } from "../text.en.ts";
import type { Chain, ProxyHeader } from "./proxy-chain.ts";

/** How a request was sent through a proxy. */
export interface Asked {
  readonly isHttps: boolean;
  /** `host[:port]` */
  readonly host: string;
  /** An X-Forwarded-For that was sent along, as any client may; null: none. */
  readonly forged: string | null;
}

/** Returns the line to change for each of the usual proxies. */
export function proxyLine(nginx: string, haproxy: string, caddy: string): string {
  return text.proxy.perProxy(nginx, haproxy, caddy);
}

const setClient = () =>
  proxyLine(
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "option forwardfor",
    text.proxy.setsClient,
  );

const setScheme = () =>
  proxyLine(
    "proxy_set_header X-Forwarded-Proto $scheme;",
    "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
    text.proxy.setsScheme,
  );

const setHost = () =>
  proxyLine(
    "proxy_set_header Host $host;",
    text.proxy.removeSetHost,
    text.proxy.removeHeaderUpHost,
  );

/** Finds why the client's address is not known, or can be forged. */
export function judgeClient(chain: Chain, { forged }: Pick<Asked, "forged">): Fault[] {
  const { peer, isPeerTrusted, said, trustedProxies } = chain;
  const { clientForged, clientUntrusted, trustPeer, clientSpoofable, trustHops } = text.proxy;
  const forwardedFor = said["x-forwarded-for"];
  if (forged !== null && forwardedFor?.trim() === forged)
    return [{ what: clientForged, remedy: setClient() }];
  if (forwardedFor === null) return [describeSilence(chain)];
  if (!isPeerTrusted) return [{ what: clientUntrusted(peer), remedy: trustPeer(peer) }];
  if (forged !== null && chain.address === forged && isCount(trustedProxies))
    return [{ what: clientSpoofable, remedy: trustHops(countHops(forwardedFor)) }];
  return [];
}

/** A proxy that sends no X-Forwarded-For, or no proxy at all. */
function describeSilence({ peer, said }: Chain): Fault {
  const { clientMissing, clientMissingOther, socketPeer } = text.proxy;
  const hasOther = (said.forwarded ?? said["x-real-ip"]) !== null;
  const what = hasOther ? clientMissingOther : clientMissing;
  return { what: what(peer === LOCAL ? socketPeer : peer), remedy: setClient() };
}

function isCount(words: readonly string[]): boolean {
  return words.length === 1 && /^\d+$/.test(words[0] ?? "");
}

/** Returns the number of proxies that added an entry: all but the first, which the client sent. */
function countHops(forwardedFor: string): number {
  return forwardedFor.split(",").length - 1;
}

/** Finds why https is taken for http. */
export function judgeScheme(chain: Chain, { isHttps }: Pick<Asked, "isHttps">): Fault[] {
  const { peer, said } = chain;
  const { schemeHttp, redirectToHttps, schemeUntrusted, schemeMissing, trustPeer } = text.proxy;
  if (chain.isHttps === isHttps) return [];
  if (chain.isHttps) return [{ what: schemeHttp, remedy: redirectToHttps }];
  if (said["x-forwarded-proto"] !== null && !chain.isPeerTrusted)
    return [{ what: schemeUntrusted(peer), remedy: trustPeer(peer) }];
  return [{ what: schemeMissing, remedy: setScheme() }];
}

/** Finds why the site does not know its own host. */
export function judgeHost(chain: Chain, { host }: Pick<Asked, "host">): Fault[] {
  const { hostDiffers, setPublicUrl, hostChanged, hostInvalid } = text.proxy;
  const publicHost = URL.parse(chain.publicUrl)?.host;
  if (publicHost !== undefined && publicHost !== host)
    return [{ what: hostDiffers(host, chain.publicUrl), remedy: setPublicUrl }];
  if (chain.host === null) return [{ what: hostInvalid(host), remedy: setHost() }];
  if (!isSameHost(chain.host, host))
    return [{ what: hostChanged(chain.host, host), remedy: setHost() }];
  return [];
}

/** nginx's $host has no port. */
function isSameHost(seen: string, asked: string): boolean {
  return seen.replace(/:\d+$/, "") === asked.replace(/:\d+$/, "");
}

/** Returns in one line what was believed. */
export function describeChain({ address, addressFrom, isHttps, schemeFrom, host }: Chain): string {
  const { chain, from, noHost } = text.proxy;
  const scheme = isHttps ? "https" : "http";
  return chain(
    from(address, describeSource(addressFrom)),
    from(scheme, describeSource(schemeFrom)),
    host ?? noHost,
  );
}

/** Names of headers as people write them; a setting is called by its key. */
const headerNames: Readonly<Record<ProxyHeader, string>> = {
  "x-forwarded-for": "X-Forwarded-For",
  "x-forwarded-proto": "X-Forwarded-Proto",
  forwarded: "Forwarded",
  "x-real-ip": "X-Real-IP",
};

/** Returns the name of what an address or scheme was read from. */
export function describeSource(
  source: Chain["addressFrom"] | Chain["schemeFrom"] | ProxyHeader,
): string {
  if (source === "connection") return text.proxy.sourceConnection;
  return source === "server.public_url" ? source : headerNames[source];
}
