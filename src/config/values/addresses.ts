import { isIP } from "node:net";
import type { z } from "zod";
import { listServers } from "../../database/servers/server-urls.ts";
import { MAX_SOCKET_PATH_BYTES, readListen } from "./listen-address.ts";
import { readText, readWords, typed } from "./setting-types.ts";
import { text } from "./text.en.ts";

/** Schemes that run or read something in the visitor's browser; no setting can allow them. */
export const forbiddenSchemes: ReadonlySet<string> = new Set([
  "javascript",
  "data",
  "vbscript",
  "blob",
  "file",
]);

/** Longer chains of proxies than this are a mistake. */
const MAX_HOPS = 32;

export const listenAddress = (): z.ZodType<string> =>
  typed(
    () => text.listenAddress(MAX_SOCKET_PATH_BYTES),
    (raw) => {
      const address = readText(raw);
      return address !== undefined && readListen(address) !== null ? address : undefined;
    },
  );

/** An address to listen at, or nothing. */
export const optionalListenAddress = (): z.ZodType<string> =>
  typed(
    () => text.optionalListenAddress(MAX_SOCKET_PATH_BYTES),
    (raw) => {
      const address = readText(raw);
      return address === "" || (address !== undefined && readListen(address) !== null)
        ? address
        : undefined;
    },
  );

/** An http or https origin, written as browsers write it; or nothing. */
export const publicOrigin = (): z.ZodType<string> =>
  typed(
    () => text.origin,
    (raw) => {
      const address = readText(raw);
      return address === "" ? "" : originOf(address);
    },
  );

/** Origins that browsers name, each exactly. */
export const origins = (): z.ZodType<readonly string[]> =>
  typed(
    () => text.origins,
    (raw) => {
      const words = readWords(raw);
      const named = words?.flatMap((word) => originOf(word) ?? []);
      const areAll = named?.length === words?.length && !words?.some((word) => word.includes("*"));
      return areAll ? named && [...new Set(named)] : undefined;
    },
  );

/** `login`, or the address of a page elsewhere. */
export const homePage = (): z.ZodType<string> =>
  typed(
    () => text.homePage,
    (raw) => {
      const address = readText(raw);
      return address?.toLowerCase() === "login" ? "login" : pageOf(address);
    },
  );

/** The address of a page elsewhere, or nothing. */
export const webAddress = (): z.ZodType<string> =>
  typed(
    () => text.webAddress,
    (raw) => {
      const address = readText(raw);
      return address === "" ? "" : pageOf(address);
    },
  );

/** Addresses and CIDRs, or one count of hops alone (as a number too). */
export const proxies = (): z.ZodType<readonly string[]> =>
  typed(
    () => text.proxies(MAX_HOPS),
    (raw) => {
      const entries = readWords(typeof raw === "number" ? String(raw) : raw);
      return entries?.every(isNetwork) || isHopCount(entries) ? entries : undefined;
    },
  );

/** Addresses and CIDRs. */
export const networks = (): z.ZodType<readonly string[]> =>
  typed(
    () => text.networks,
    (raw) => {
      const entries = readWords(raw);
      return entries?.every(isNetwork) ? entries : undefined;
    },
  );

/** At least one scheme's name, without its colon. */
export const schemes = (): z.ZodType<readonly string[]> =>
  typed(
    () => text.schemes([...forbiddenSchemes]),
    (raw) => {
      const names = readWords(raw)?.map((name) => name.toLowerCase());
      return names?.length && names.every(isAllowedScheme) ? names : undefined;
    },
  );

/** An address of a PostgreSQL database, or nothing. */
export const postgresUrl = (): z.ZodType<string> =>
  typed(
    () => text.postgresUrl,
    (raw) => {
      const address = readText(raw);
      return address === "" || isPostgres(address) ? address : undefined;
    },
  );

function originOf(address: string | undefined): string | undefined {
  if (address === undefined || !/^https?:\/\//i.test(address)) return undefined;
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  return url.pathname === "/" && !/[?#]/.test(address) ? url.origin : undefined;
}

function pageOf(address: string | undefined): string | undefined {
  if (address === undefined || !/^https?:\/\//i.test(address)) return undefined;
  const url = URL.parse(address);
  return url === null || url.username !== "" || url.password !== "" ? undefined : url.href;
}

function isNetwork(entry: string): boolean {
  const [address = "", bits, ...rest] = entry.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

function isHopCount(entries: readonly string[] | undefined): boolean {
  const [count = "", ...rest] = entries ?? [];
  return rest.length === 0 && /^\d{1,2}$/.test(count) && Number(count) <= MAX_HOPS;
}

function isAllowedScheme(name: string): boolean {
  return /^[a-z][a-z0-9+.-]*$/.test(name) && !forbiddenSchemes.has(name);
}

/** An @ behind the host means that a raw / or ? cut the password short, and part of it would be shown. */
function isPostgres(address: string | undefined): address is string {
  if (address === undefined || !/^postgres(ql)?:\/\//i.test(address)) return false;
  return listServers(address).every((server) => {
    const url = URL.parse(server);
    return url !== null && url.hash === "" && !`${url.pathname}${url.search}`.includes("@");
  });
}
