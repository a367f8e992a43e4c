import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { loadSettings } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { NginxFacts, NginxNode } from "../../server/nginx/nginx-block.ts";
import { nginxSite } from "../../server/nginx/nginx-site.ts";
import { placesOf } from "../../server/workers/worker-places.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { text } from "./text.en.ts";

export const configNginx: Command = {
  synopsis: "config nginx [OPTIONS]",
  summary: () => text.configNginx.summary,
  words: [0, 0],
  examples: ["trunk8 config nginx --domain x.example"],
  options: {
    domain: { value: "NAME", doc: () => text.configNginx.domain },
    certificates: { value: "DIR", doc: () => text.configNginx.certificates },
    static: { value: "DIR", doc: () => text.configNginx.static },
    nodes: { value: "LIST", doc: () => text.configNginx.nodes },
    out: { value: "FILE", doc: () => text.configNginx.out },
  },
  run: printSite,
};

async function printSite(invocation: Invocation): Promise<void> {
  const { settings, warnings } = await loadSettings({ ...invocation, flags: {} });
  const domain = domainOf(invocation, settings);
  const out = invocation.option("out");
  const before = out === undefined ? null : await readBefore(out);
  const site = nginxSite(factsOf(invocation, settings, { domain, before }));
  for (const note of [...warnings, ...warningsAbout(settings, domain)]) printNote(note);
  if (out === undefined) return printResult(site.trimEnd());
  await replaceTested(resolve(out), site, before);
  printNote(text.configNginx.written(out));
}

function domainOf({ option }: Invocation, settings: Settings): string {
  const domain = option("domain")?.toLowerCase() ?? hostOf(settings["server.public_url"]);
  if (domain === "") throw usageProblem(text.configNginx.domainMissing);
  if (!DOMAIN.test(domain)) throw usageProblem(text.configNginx.domainInvalid(domain));
  return domain;
}

function factsOf(
  { option, dataFolder }: Invocation,
  settings: Settings,
  { domain, before }: { readonly domain: string; readonly before: string | null },
): NginxFacts {
  const folder = pathOf(option("static") ?? "/var/cache/trunk8/static");
  if (basename(folder) !== "static") throw usageProblem(text.configNginx.staticName);
  const contentHost = hostOf(contentOrigin(settings) ?? "");
  return {
    settings,
    hosts: contentHost === "" ? [domain] : [domain, contentHost],
    certificates: pathOf(
      option("certificates") ?? certificatesOf(before) ?? `/etc/letsencrypt/live/${domain}`,
    ),
    staticRoot: dirname(folder),
    dataFolder: pathOf(dataFolder),
    ...upstreamOf(option("nodes"), settings),
    maxFileMb: settings["app.max_file_size_mb"],
    maxBackupMb: settings["backup.max_upload_mb"],
    isCached: settings["links.max_age_seconds"] > 0,
  };
}

async function readBefore(path: string): Promise<string | null> {
  const file = Bun.file(path);
  return (await file.exists()) ? await file.text() : null;
}

/** The folder that the file names until now: it stays, unless the option names another. */
function certificatesOf(before: string | null): string | null {
  return /^\s*ssl_certificate (\/[\w./+@-]*)\/fullchain\.pem;$/m.exec(before ?? "")?.[1] ?? null;
}

/**
 * Writes the file beside and renames it; if nginx then refuses its configuration, the file is as before.
 * @throws Problem `invalid` with nginx's words
 */
async function replaceTested(path: string, site: string, before: string | null): Promise<void> {
  await replaceFile(path, site);
  const refusal = testNginx();
  if (refusal === null) return;
  if (before === null) await rm(path);
  else await replaceFile(path, before);
  throw new Problem("invalid", text.configNginx.refused(path, refusal));
}

/** Beside it under a name that `include sites-enabled/*` leaves out. */
async function replaceFile(path: string, content: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    await writeFile(beside, content, { mode: 0o644, flush: true });
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new Problem("invalid", text.configNginx.cannotWrite(path, codeOf(cause)), { cause });
  }
}

/** Returns what nginx says against its configuration; null if nothing, or if there is no nginx here. */
function testNginx(): string | null {
  if (Bun.which("nginx") === null) return null;
  const { exitCode, stderr } = Bun.spawnSync(["nginx", "-t"], { stdout: "ignore" });
  return exitCode === 0 ? null : stderr.toString().trim();
}

const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** @throws Problem `usage` if it contains characters that nginx would interpret */
function pathOf(value: string): string {
  const path = resolve(value);
  if (/^\/[\w./+@-]*$/.test(path)) return path;
  throw usageProblem(text.configNginx.pathInvalid(path));
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.hostname ?? "";
}

/** @throws Problem `usage` if the list of nodes cannot be read */
function upstreamOf(
  list: string | undefined,
  settings: Settings,
): Pick<NginxFacts, "servers" | "nodes"> {
  if (list === undefined)
    return { servers: placesOf(settings).map(({ listen }) => serverOf(listen)), nodes: [] };
  return { servers: [], nodes: list.split(",").map(nodeOf) };
}

const NODE = /^(?<address>(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5})(?:=(?<weight>[1-9]\d{0,2}))?$/i;

function nodeOf(node: string): NginxNode {
  const { address, weight = "1" } = NODE.exec(node.trim())?.groups ?? {};
  if (address === undefined) throw usageProblem(text.configNginx.nodeInvalid(node));
  return { address, weight: Number(weight) };
}

/** Returns the upstream address for an nginx on the same machine. */
function serverOf(listen: string): string {
  const address = parseListen(listen);
  if ("unix" in address) return `unix:${pathOf(address.unix)}`;
  const { hostname, port } = address;
  if (hostname === "0.0.0.0") return `127.0.0.1:${port}`;
  if (hostname === "::") return `[::1]:${port}`;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Returns what would not work with these settings. */
function warningsAbout(settings: Settings, domain: string): string[] {
  const { publicUrl, trustedProxies, accelerate } = text.configNginx.warning;
  const { "server.listen": listen, "server.trusted_proxies": trusted } = settings;
  const isPublic = hostOf(settings["server.public_url"]) === domain;
  const isTrusted = listen.startsWith("unix:") || trusted.length > 0;
  return [
    ...(isPublic ? [] : [publicUrl(domain)]),
    ...(isTrusted ? [] : [trustedProxies]),
    ...(settings["files.accelerate"] === "" ? [accelerate] : []),
  ];
}
