import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { findFreePort, stopChild } from "../../bench/sides/side.ts";
import { metricRows } from "../../src/telemetry/metric-names.ts";
import { LeftOut, type Report } from "./report.ts";
import { PASSWORD, Site } from "./site.ts";
import { same, until } from "./tools.ts";

const DOCKERFILE = "docker/Dockerfile";
const IGNORED = "docker/Dockerfile.dockerignore";
const SITE = "docker/compose.yaml";
const MONITORING = "docker/compose.monitoring.yaml";
const LOGGING = "docker/compose.logging.yaml";
const FILEBEAT = "docker/filebeat.yml";
const SCRAPE = "docker/prometheus.yml";

const root = join(import.meta.dir, "../..");

/** There is no Docker here: what can be tried without it is. */
export async function proveDocker(report: Report, folder: string): Promise<void> {
  const built = join(folder, "src", "dist", "trunk8");
  await report.prove([DOCKERFILE, IGNORED], "what it copies is enough to build the program", () =>
    build(report, join(folder, "src")),
  );
  await report.prove(
    DOCKERFILE,
    "its health check tells a site that runs from one that does not",
    () => proveHealthCheck(report, folder, built),
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

/** The first stage's instructions, without its image and its npm. */
async function build(report: Report, folder: string): Promise<void> {
  const ignored = await report.text(IGNORED);
  const kept = [...ignored.matchAll(/^!(.+)$/gm)].map(([, name = ""]) => name);
  const [stage = ""] = (await report.text(DOCKERFILE)).split(/^FROM debian/m);
  const copied = [...stage.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = ""]) =>
    names.split(" "),
  );
  same("what the build may see", kept.sort(), [...copied].sort());
  mkdirSync(folder);
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const child = Bun.spawn([process.execPath, "scripts/build.ts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
}

async function proveHealthCheck(report: Report, folder: string, built: string): Promise<void> {
  if (!existsSync(built)) throw new LeftOut("the program was not built");
  const [, words = "[]"] =
    /HEALTHCHECK[^[]*CMD (\[.*\])$/m.exec(await report.text(DOCKERFILE)) ?? [];
  const port = findFreePort();
  const check = (JSON.parse(words) as string[]).map((word) =>
    word.replace("/usr/local/bin/trunk8", built).replace(":5001", `:${port}`),
  );
  const isHealthy = async () =>
    (await Bun.spawn(check, { stdio: ["ignore", "ignore", "ignore"] }).exited) === 0;
  same("healthy before it runs", await isHealthy(), false);
  const env = {
    TRUNK8_DATA: join(folder, "data"),
    TRUNK8_SERVER_LISTEN: `127.0.0.1:${port}`,
    TRUNK8_OPS_LISTEN: "",
    TRUNK8_ADMIN_PASSWORD: PASSWORD,
  };
  const child = Bun.spawn([built, "serve"], {
    env,
    cwd: folder,
    stdio: ["ignore", "ignore", "ignore"],
  });
  try {
    await until("health", isHealthy);
  } finally {
    await stopChild(child);
  }
  same("exit code", child.exitCode, 0);
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
