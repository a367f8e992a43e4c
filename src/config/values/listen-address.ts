import { isIPv4, isIPv6 } from "node:net";
import { invalid } from "../../problem.ts";
import { text } from "./text.en.ts";

/** Where a server listens. A TCP port of 0 means any free one. */
export type ListenAddress =
  | { readonly hostname: string; readonly port: number }
  | { readonly unix: string };

/** The kernel allows 107 bytes; the rest is for the suffix of the temporary name that is bound and then renamed. */
export const MAX_SOCKET_PATH_BYTES = 96;

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`.
 * @throws Problem `invalid` on `server.listen`
 */
export function parseListen(given: string): ListenAddress {
  const address = readListen(given);
  if (address !== null) return address;
  throw invalid("server.listen", text.address(text.listenAddress(MAX_SOCKET_PATH_BYTES)));
}

/** As `parseListen`; null where it is no such address. */
export function readListen(given: string): ListenAddress | null {
  return given.startsWith("unix:") ? readUnix(given) : readTcp(given);
}

function readUnix(given: string): ListenAddress | null {
  const unix = given.slice("unix:".length);
  if (unix === "" || unix.includes("\0")) return null;
  return Buffer.byteLength(unix) <= MAX_SOCKET_PATH_BYTES ? { unix } : null;
}

function readTcp(given: string): ListenAddress | null {
  const [, v6, host, digits] = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(given) ?? [];
  const hostname = v6 ?? host;
  const port = Number(digits);
  if (hostname === undefined || port > 65_535) return null;
  if (v6 !== undefined ? !isIPv6(v6) : looksNumeric(hostname) && !isIPv4(hostname)) return null;
  return { hostname, port };
}

function looksNumeric(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname);
}
