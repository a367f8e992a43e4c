import { isIPv4, isIPv6 } from "node:net";
import { invalid } from "../../problem.ts";

/** Where a server listens. A TCP port of 0 means any free one. */
export type ListenAddress =
  | { readonly hostname: string; readonly port: number }
  | { readonly unix: string };

/** The kernel takes 107 bytes; the rest leaves room to bind beside the path and rename. */
const MAX_SOCKET_PATH_BYTES = 96;

/** What a listening address must be, in words. */
export const listenForm = `HOST:PORT, [IPv6]:PORT or unix:PATH (at most ${MAX_SOCKET_PATH_BYTES} bytes)`;

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`.
 * @throws Problem `invalid` on `server.listen`
 */
export function parseListen(text: string): ListenAddress {
  const address = readListen(text);
  if (address === null) throw invalid("server.listen", `The address must be ${listenForm}.`);
  return address;
}

/** The same as `parseListen`, with null for what is no such address. */
export function readListen(text: string): ListenAddress | null {
  return text.startsWith("unix:") ? readUnix(text) : readTcp(text);
}

function readUnix(text: string): ListenAddress | null {
  const unix = text.slice("unix:".length);
  if (unix === "" || unix.includes("\0")) return null;
  return Buffer.byteLength(unix) <= MAX_SOCKET_PATH_BYTES ? { unix } : null;
}

function readTcp(text: string): ListenAddress | null {
  const [, v6, host, digits] = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const hostname = v6 ?? host;
  const port = Number(digits);
  if (hostname === undefined || port > 65_535) return null;
  if (v6 !== undefined ? !isIPv6(v6) : looksNumeric(hostname) && !isIPv4(hostname)) return null;
  return { hostname, port };
}

function looksNumeric(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname);
}
