import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { findFreePort } from "../../bench/sides/side.ts";
import { executableName } from "../../scripts/release/artifacts.ts";
import { ownArchitecture } from "../../scripts/release/executable.ts";
import { metricRows } from "../../src/telemetry/metric-names.ts";
import { makeRelease, releasedExecutable } from "./artifacts.ts";
import { LeftOut, type Report } from "./report.ts";
import { Site } from "./site.ts";
import { run, same } from "./tools.ts";

const DOCKERFILE = "docker/Dockerfile";
const IGNORED = "docker/Dockerfile.dockerignore";
const SITE = "docker/compose.yaml";
const MONITORING = "docker/compose.monitoring.yaml";
const LOGGING = "docker/compose.logging.yaml";
const FILEBEAT = "docker/filebeat.yml";
const SCRAPE = "docker/prometheus.yml";

/** There is no Docker here: what can be tried without it is. */
export async function proveDocker(report: Report, folder: string): Promise<void> {
  await report.prove([DOCKERFILE, IGNORED], "what it copies is a release", async () =>
    checkContext(report, await makeRelease(folder)),
  );
  await report.prove(
    DOCKERFILE,
    "its instructions by hand: no root, a read-only root folder, healthy while it runs",
    () => proveImage(report, folder),
  );
  await report.prove([DOCKERFILE, IGNORED], "as an image", async () => leaveOut());
  for (const file of [SITE, MONITORING, LOGGING]) await proveCompose(report, file);
  await report.prove(SCRAPE, "its targets are services, its jobs those of deploy/prometheus", () =>
    proveTargets(report),
  );
  await report.prove(FILEBEAT, "its fields are those of real log lines", () =>
    proveLogLines(report, folder),
  );
}

function leaveOut(): never {
  throw new LeftOut("no docker here");
}

/** Docker sees what it copies of a release, and of that only the executables and their checksums. */
async function checkContext(report: Report, release: string): Promise<void> {
  const ignored = await report.text(IGNORED);
  const kept = [...ignored.matchAll(/^!(.+)$/gm)].map(([, name = ""]) => name);
  const seen = kept.flatMap((name) => [...new Bun.Glob(name).scanSync(release)]);
  same("seen", seen.sort(), ["SHA256SUMS", executableName(ownArchitecture)].sort());
}

/** In namespaces of its own, with which everything ends. */
async function proveImage(report: Report, folder: string): Promise<void> {
  const own = join(folder, "image");
  mkdirSync(own);
  const apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"];
  const script = (name: string) => join(import.meta.dir, name);
  const { exitCode, stdout, stderr } = await run([
    ...[...apart, "sh", script("copy-of-machine.sh"), own, script("image.sh")],
    ...[report.path(DOCKERFILE), dirname(releasedExecutable(folder)), ownArchitecture],
  ]);
  if (exitCode === 77 || stderr.startsWith("unshare:"))
    throw new LeftOut(`no copy can be made: ${stderr.trim()}`);
  if (!stdout.startsWith("unpacked, run and asked")) throw new Error(stderr.trim());
}

interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly secrets?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
}

async function proveCompose(report: Report, file: string): Promise<void> {
  await report.prove(file, "parses, and names only what is there", async () => {
    const compose = Bun.YAML.parse(await report.text(file)) as Compose;
    for (const [name, service] of Object.entries(compose.services)) {
      checkService(name, service, compose);
      for (const volume of service.volumes ?? []) checkVolume(report.path(file), volume, compose);
    }
  });
  await report.prove(
    file,
    "listens on this machine alone, and no default password starts",
    async () => {
      const compose = Bun.YAML.parse(await report.text(file)) as Compose;
      for (const [name, service] of Object.entries(compose.services)) checkDefaults(name, service);
    },
  );
  await report.prove(file, "in Docker", async () => leaveOut());
}

function checkService(name: string, service: Service, compose: Compose): void {
  const { image, depends_on: needed = [], secrets = [] } = service;
  if (name !== "trunk8" && !/:v?\d+\.\d+\.\d+$/.test(image ?? ""))
    throw new Error(`${name} has no exact version: ${image}`);
  for (const other of Array.isArray(needed) ? needed : Object.keys(needed))
    if (!(other in compose.services))
      throw new Error(`${name} waits for ${other}, which is not there`);
  for (const secret of secrets)
    if (!(secret in (compose.secrets ?? {}))) throw new Error(`there is no secret ${secret}`);
}

/** A folder of this repository, one of the machine, or a volume that is declared. */
function checkVolume(file: string, volume: string, compose: Compose): void {
  const [from = ""] = volume.split(":");
  if (from.startsWith("/")) return;
  const isThere = from.startsWith(".")
    ? existsSync(join(dirname(file), from))
    : from in (compose.volumes ?? {});
  if (!isThere) throw new Error(`there is no ${from}`);
}

function checkDefaults(name: string, { ports = [], environment = {} }: Service): void {
  for (const port of ports)
    if (!port.startsWith("127.0.0.1:")) throw new Error(`${name} listens everywhere: ${port}`);
  for (const [key, value] of Object.entries(environment)) {
    if (!/PASSWORD/.test(key) || /_FILE$/.test(key)) continue;
    if (!/^\$\{\w+:\?.+\}$/.test(value))
      throw new Error(`${name} has a password of its own: ${key}`);
  }
}

interface Scrape {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}

async function proveTargets(report: Report): Promise<void> {
  const read = async (file: string) => Bun.YAML.parse(await report.text(file)) as Scrape;
  const jobs = ({ scrape_configs: configs }: Scrape) => configs.map(({ job_name: name }) => name);
  const here = await read(SCRAPE);
  same("the jobs", jobs(here), jobs(await read("prometheus/prometheus.yml")));
  const { services } = Bun.YAML.parse(await report.text(MONITORING)) as Compose;
  const hosts = here.scrape_configs
    .flatMap(({ static_configs: configs }) => configs.flatMap(({ targets }) => targets))
    .map((target) => target.split(":", 1)[0] ?? "");
  same(
    "targets that are no service",
    hosts.filter((host) => host !== "localhost" && !(host in services)),
    [],
  );
  same("metrics", "trunk8_info" in metricRows, true);
}

/** Names that Filebeat must find for Kibana to sort and to colour by. */
const REQUIRED = ["@timestamp", "log.level", "message", "ecs.version"];

async function proveLogLines(report: Report, folder: string): Promise<void> {
  const config = Bun.YAML.parse(await report.text(FILEBEAT)) as Readonly<Record<string, unknown>>;
  same("where it sends to", "output.elasticsearch" in config, true);
  const own = join(folder, "logs");
  mkdirSync(own);
  const port = findFreePort();
  const env = { TRUNK8_DATA: join(own, "data"), TRUNK8_SERVER_LISTEN: `127.0.0.1:${port}` };
  const site = new Site({ folder: own, env });
  await site.start();
  const body = new URLSearchParams({ password: "wrong\r\n\u001b[31m" });
  await fetch(`http://127.0.0.1:${port}/auth/login`, { method: "POST", body });
  await site.stop();
  const lines = (await Bun.file(join(own, "site.err")).text()).trim().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  same("lines at all", entries.length >= 2, true);
  for (const entry of entries)
    for (const name of REQUIRED) if (!(name in entry)) throw new Error(`a line has no ${name}`);
  const [refused] = entries.filter((entry) => "client.address" in entry);
  same("a refused sign-in with its address", refused?.["log.level"], "warning");
}
