import { basename, dirname, resolve } from "node:path";
import { loadSettings } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import type { NginxFacts } from "../../server/nginx/nginx-block.ts";
import { nginxSite } from "../../server/nginx/nginx-site.ts";
import { placesOf } from "../../server/workers/worker-places.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";

export const configNginx: Command = {
  synopsis: "config nginx [OPTIONS]",
  summary: () => "Print the site file for nginx in front, from the settings in force.",
  words: [0, 0],
  options: {
    domain: {
      value: "NAME",
      doc: () => "the site's host name (default: that of server.public_url)",
    },
    certificates: {
      value: "DIR",
      doc: () => "where fullchain.pem and privkey.pem lie (default: certbot's)",
    },
    static: {
      value: "DIR",
      doc: () =>
        "where trunk8 assets --out wrote to, a folder named static (default: /var/cache/trunk8/static)",
    },
  },
  run: printSite,
};

async function printSite(invocation: Invocation): Promise<void> {
  const { settings, warnings } = await loadSettings({ ...invocation, flags: {} });
  const domain = domainOf(invocation, settings);
  const site = nginxSite(factsOf(invocation, settings, domain));
  for (const note of [...warnings, ...doubtsAbout(settings, domain)]) printNote(note);
  printResult(site.trimEnd());
}

function domainOf({ option }: Invocation, settings: Settings): string {
  const domain = option("domain")?.toLowerCase() ?? hostOf(settings["server.public_url"]);
  if (domain === "") throw usageProblem("Say the site's host name: --domain NAME");
  if (!DOMAIN.test(domain)) throw usageProblem(`${domain} is no host name.`);
  return domain;
}

function factsOf(
  { option, dataFolder }: Invocation,
  settings: Settings,
  domain: string,
): NginxFacts {
  const folder = pathOf(option("static") ?? "/var/cache/trunk8/static");
  if (basename(folder) !== "static")
    throw usageProblem("--static must name a folder called static: nginx adds the address to it.");
  const contentHost = hostOf(contentOrigin(settings) ?? "");
  return {
    settings,
    hosts: contentHost === "" ? [domain] : [domain, contentHost],
    certificates: pathOf(option("certificates") ?? `/etc/letsencrypt/live/${domain}`),
    staticRoot: dirname(folder),
    dataFolder: pathOf(dataFolder),
    servers: placesOf(settings).map(({ listen }) => serverOf(listen)),
    maxFileMb: settings["app.max_file_size_mb"],
    maxBackupMb: settings["backup.max_upload_mb"],
    isCached: settings["links.max_age_seconds"] > 0,
  };
}

const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** @throws Problem `usage` where it holds what means something to nginx */
function pathOf(text: string): string {
  const path = resolve(text);
  if (/^\/[\w./+@-]*$/.test(path)) return path;
  throw usageProblem(`${path} cannot stand in nginx's file: use letters, digits and ./_+@-`);
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.hostname ?? "";
}

/** Where nginx on the same machine finds what listens there. */
function serverOf(listen: string): string {
  const address = parseListen(listen);
  if ("unix" in address) return `unix:${pathOf(address.unix)}`;
  const { hostname, port } = address;
  if (hostname === "0.0.0.0") return `127.0.0.1:${port}`;
  if (hostname === "::") return `[::1]:${port}`;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** What would not work as it is set. */
function doubtsAbout(settings: Settings, domain: string): string[] {
  const doubts = [];
  const { "server.listen": listen, "server.trusted_proxies": trusted } = settings;
  if (hostOf(settings["server.public_url"]) !== domain)
    doubts.push(`server.public_url should be https://${domain}.`);
  if (!listen.startsWith("unix:") && trusted.length === 0)
    doubts.push('server.trusted_proxies should be ["127.0.0.1"], or nobody believes nginx.');
  if (settings["files.accelerate"] === "")
    doubts.push("files.accelerate is empty: Trunk8 sends the files itself, through nginx.");
  return doubts;
}
