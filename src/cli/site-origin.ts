import { networkInterfaces } from "node:os";
import type { Settings } from "../config/settings.ts";
import { parseListen } from "../config/values/listen-address.ts";

/** Returns the origin that commands print before a short code: the public URL, else that of this machine. */
export function siteOrigin(settings: Settings): string {
  if (settings["server.public_url"] !== "") return settings["server.public_url"];
  const listen = parseListen(settings["server.listen"]);
  return "unix" in listen ? "http://localhost" : localOrigin(listen.hostname, listen.port);
}

/** Returns the origins at which a server that listens there can be reached, the nearest first. */
export function reachableOrigins(hostname: string, port: number): string[] {
  const local = localOrigin(hostname, port);
  if (hostname !== "0.0.0.0" && hostname !== "::") return [local];
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => `http://${address}:${port}`);
  return [local, ...others];
}

function localOrigin(hostname: string, port: number): string {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const host = everywhere ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
  return `http://${host}:${port}`;
}
