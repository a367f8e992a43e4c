import {
  type Arrival,
  askedHost,
  isByHttps,
  readClient,
  readPeer,
  settledScheme,
  trustOf,
} from "../request/client.ts";

/** How a request reached the server: what proxies said of it, and what of that was believed. */
export interface Chain {
  /** The other end of the connection: an address, or "local" for a unix socket. */
  readonly peer: string;
  readonly isPeerTrusted: boolean;
  /** The headers that proxies send; null if absent. */
  readonly said: Readonly<Record<ProxyHeader, string | null>>;
  /** The client's address, and what it was read from. */
  readonly address: string;
  readonly addressFrom: ProxyHeader | "connection";
  readonly isHttps: boolean;
  readonly schemeFrom: ProxyHeader | "server.public_url" | "connection";
  /** The Host header; null if malformed. */
  readonly host: string | null;
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
}

/** Headers that proxies send about the client. Only the first two are ever believed. */
export const proxyHeaders = [
  "x-forwarded-for",
  "x-forwarded-proto",
  "forwarded",
  "x-real-ip",
] as const;

export type ProxyHeader = (typeof proxyHeaders)[number];

export function seeChain(arrival: Arrival): Chain {
  const { request, peerAddress, settings } = arrival;
  const peer = readPeer(peerAddress);
  const isPeerTrusted = trustOf(settings)(peer, 1);
  const said = readSaid(request);
  const { address } = readClient(arrival);
  return {
    peer,
    isPeerTrusted,
    said,
    address,
    addressFrom: address === peer ? "connection" : "x-forwarded-for",
    isHttps: isByHttps(arrival),
    schemeFrom: schemeFrom(arrival, isPeerTrusted && said["x-forwarded-proto"] !== null),
    host: askedHost(request),
    publicUrl: settings["server.public_url"],
    trustedProxies: settings["server.trusted_proxies"],
  };
}

function readSaid({ headers }: Request): Chain["said"] {
  return {
    "x-forwarded-for": headers.get("x-forwarded-for"),
    "x-forwarded-proto": headers.get("x-forwarded-proto"),
    forwarded: headers.get("forwarded"),
    "x-real-ip": headers.get("x-real-ip"),
  };
}

function schemeFrom({ settings, peerAddress }: Arrival, isSaid: boolean): Chain["schemeFrom"] {
  if (settledScheme(settings, !peerAddress) === "https") return "server.public_url";
  return isSaid ? "x-forwarded-proto" : "connection";
}
