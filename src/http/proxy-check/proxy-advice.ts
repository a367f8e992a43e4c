import type { Fault } from "../../fault.ts";
import { LOCAL } from "../request/proxy-trust.ts";
import type { Chain } from "./proxy-chain.ts";

/** What somebody who asks through a proxy knows of how they asked. */
export interface Asked {
  readonly isHttps: boolean;
  /** `host[:port]` */
  readonly host: string;
  /** An X-Forwarded-For that was sent along, as a stranger may; null: none. */
  readonly forged: string | null;
}

/** The same line for each of the usual proxies. */
export function proxyLine(nginx: string, haproxy: string, caddy: string): string {
  return `nginx: ${nginx} | haproxy: ${haproxy} | Caddy: ${caddy}`;
}

const NAME_CLIENT = proxyLine(
  "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
  "option forwardfor",
  "does so by itself; trusted_proxies static private_ranges behind another proxy",
);

const NAME_SCHEME = proxyLine(
  "proxy_set_header X-Forwarded-Proto $scheme;",
  "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
  "does so by itself; header_up X-Forwarded-Proto https behind another proxy",
);

const NAME_HOST = proxyLine(
  "proxy_set_header Host $host;",
  "remove http-request set-header Host",
  "remove header_up Host",
);

/** Whether the one who asks is known. */
export function judgeClient(chain: Chain, { forged }: Pick<Asked, "forged">): Fault[] {
  const { peer, isPeerTrusted, said, trustedProxies } = chain;
  const forwardedFor = said["x-forwarded-for"];
  if (forged !== null && forwardedFor?.trim() === forged)
    return [
      {
        what: "X-Forwarded-For comes as a stranger sent it: no proxy adds whom it asks for.",
        remedy: NAME_CLIENT,
      },
    ];
  if (forwardedFor === null) return [describeSilence(chain)];
  if (!isPeerTrusted)
    return [
      {
        what: `X-Forwarded-For comes from ${peer}, which is not trusted, so all visitors seem to be ${peer}.`,
        remedy: `config.toml: [server] trusted_proxies = ["${peer}"]`,
      },
    ];
  if (forged !== null && chain.address === forged && isCount(trustedProxies))
    return [
      {
        what: "Strangers can choose their address: more proxies are trusted than there are.",
        remedy: `config.toml: [server] trusted_proxies = ["${countHops(forwardedFor)}"]`,
      },
    ];
  return [];
}

/** A proxy that says nothing, or none. */
function describeSilence({ peer, said }: Chain): Fault {
  const other = said.forwarded ?? said["x-real-ip"];
  const more = other === null ? "" : " Forwarded and X-Real-IP are not read.";
  const who = peer === LOCAL ? "the socket's other end" : peer;
  return {
    what: `No X-Forwarded-For comes, so all visitors seem to be ${who}.${more}`,
    remedy: NAME_CLIENT,
  };
}

function isCount(words: readonly string[]): boolean {
  return words.length === 1 && /^\d+$/.test(words[0] ?? "");
}

/** Proxies that said something, besides the first entry, which a stranger sent. */
function countHops(forwardedFor: string): number {
  return forwardedFor.split(",").length - 1;
}

/** Whether https is known to be https. */
export function judgeScheme(chain: Chain, { isHttps }: Pick<Asked, "isHttps">): Fault[] {
  if (chain.isHttps === isHttps) return [];
  if (chain.isHttps)
    return [
      {
        what: "This was asked by http, and server.public_url says https: signing in works by https alone.",
        remedy: "Ask by https, and lead http there: return 301 https://$host$request_uri;",
      },
    ];
  if (chain.said["x-forwarded-proto"] !== null && !chain.isPeerTrusted)
    return [
      {
        what: `X-Forwarded-Proto comes from ${chain.peer}, which is not trusted: https is held to be http.`,
        remedy: `config.toml: [server] trusted_proxies = ["${chain.peer}"]`,
      },
    ];
  return [{ what: "https is held to be http, as the proxy does not say it.", remedy: NAME_SCHEME }];
}

/** Whether the site knows its own address. */
export function judgeHost(chain: Chain, { host }: Pick<Asked, "host">): Fault[] {
  const publicHost = URL.parse(chain.publicUrl)?.host;
  if (publicHost !== undefined && publicHost !== host)
    return [
      {
        what: `This was asked as ${host}, and server.public_url is ${chain.publicUrl}.`,
        remedy: "config.toml: [server] public_url, the address that people use",
      },
    ];
  if (chain.host === null || !isSameHost(chain.host, host))
    return [
      {
        what: `The proxy asks for ${chain.host ?? "no valid host"}, and not for ${host}.`,
        remedy: NAME_HOST,
      },
    ];
  return [];
}

/** nginx's $host has no port. */
function isSameHost(seen: string, asked: string): boolean {
  return seen.replace(/:\d+$/, "") === asked.replace(/:\d+$/, "");
}

/** What was believed, as a sentence. */
export function describeChain({ address, addressFrom, isHttps, schemeFrom, host }: Chain): string {
  const scheme = isHttps ? "https" : "http";
  return `client ${address} (by ${addressFrom}), ${scheme} (by ${schemeFrom}), host ${host ?? "none"}`;
}
