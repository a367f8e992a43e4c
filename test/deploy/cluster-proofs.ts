import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { settingKeys, settingRow } from "../../src/config/settings.ts";
import { Bouncer } from "../cluster/machines/bouncer.ts";
import { PostgresMachine } from "../cluster/machines/postgres-machine.ts";
import { runStatement } from "../postgres-server.ts";
import { makeCertificate } from "./certificate.ts";
import { MAIN_FILE } from "./ground.ts";
import { Nginx } from "./nginx.ts";
import { LeftOut, type Report } from "./report.ts";
import { readEnvironment, Site } from "./site.ts";
import { run, runWell, same } from "./tools.ts";

const NGINX = "cluster/site.conf";
const HAPROXY = "cluster/haproxy.cfg";
const POSTGRES = "cluster/postgresql.conf";
const PGBOUNCER = "cluster/pgbouncer.ini";
const COMPOSE = "cluster/compose.yaml";
const ONE_MACHINE = "docker/compose.yaml";
const ENVIRONMENT = "cluster/node.env";
const UNIT = "cluster/trunk8-node.conf";
const EXPORTS = "cluster/exports";
const FSTAB = "cluster/node.fstab";

const NODES = "10.0.1.10:5001=3,10.0.1.11:5001=3,10.0.1.12:5001=2";

/** The files for several machines; `npm run test:cluster` runs three nodes with them. */
export async function proveCluster(report: Report, folder: string): Promise<void> {
  await proveNginx(report, folder);
  await proveHaproxy(report, folder);
  await proveDatabase(report, folder);
  await proveNode(report, folder);
  await proveFiles(report, folder);
  await report.prove(COMPOSE, "parses, and names only what is there", () => proveCompose(report));
  await report.prove(COMPOSE, "in Docker", async () => {
    throw new LeftOut("no docker here");
  });
}

async function proveNginx(report: Report, folder: string): Promise<void> {
  await report.prove(NGINX, "what trunk8 config nginx --nodes prints", async () => {
    const env = { ...readEnvironment(await report.text(ENVIRONMENT)), ...noSecrets };
    await using site = new Site({ folder: "/tmp", env });
    same("the file", await report.text(NGINX), await site.call(...words));
  });
  await report.prove(NGINX, "nginx takes it", async () => {
    const own = join(folder, "nginx");
    mkdirSync(own);
    await using nginx = new Nginx(own);
    await nginx.prepare(await report.text(MAIN_FILE), await report.text(NGINX));
    await nginx.check();
  });
}

const words = ["config", "nginx", "--nodes", NODES];
const noSecrets = {
  TRUNK8_DATABASE_URL_FILE: "",
  TRUNK8_DATABASE_LISTEN_URL_FILE: "",
  TRUNK8_SECRET_KEY_FILE: "",
};

async function proveHaproxy(report: Report, folder: string): Promise<void> {
  await report.prove(HAPROXY, "is deploy/haproxy/haproxy.cfg but for its servers", async () => {
    const rest = (text: string) =>
      text.replaceAll(/^#.*\n/gm, "").replaceAll(/^ +(server [abc] .*|# The guide.*)\n/gm, "");
    same(
      "the rest",
      rest(await report.text(HAPROXY)),
      rest(await report.text("haproxy/haproxy.cfg")),
    );
  });
  await report.prove(HAPROXY, "haproxy takes it", async () => {
    const { certificate, key } = await makeCertificate(join(folder, "made"));
    await Bun.write(join(folder, "certificates/x.pem"), certificate + key);
    const text = (await report.text(HAPROXY))
      .replace(/ +(user|group) haproxy\n/g, "")
      .replace("maxconn 20000", "maxconn 2000") // as many files as a machine for tests lets open
      .replace("/etc/haproxy/certificates/", join(folder, "certificates"));
    await Bun.write(join(folder, "haproxy.cfg"), text);
    await runWell(["haproxy", "-c", "-f", join(folder, "haproxy.cfg")]);
  });
}

async function proveDatabase(report: Report, folder: string): Promise<void> {
  await report.prove([POSTGRES, PGBOUNCER], "PostgreSQL and PgBouncer run with it", async () => {
    const database = join(folder, "database");
    mkdirSync(database, { mode: 0o755 });
    await runWell(["chmod", "755", folder]);
    await using postgres = await PostgresMachine.create(join(database, "postgres"));
    const refused = await postgres.sql("select name from pg_file_settings where error is not null");
    same("settings that are not in force", refused, []);
    await using bouncer = await Bouncer.start(postgres, join(database, "bouncer"));
    await runStatement(bouncer.url, "begin; set local lock_timeout = 5000; commit");
  });
}

async function proveNode(report: Report, folder: string): Promise<void> {
  await report.prove(ENVIRONMENT, "names settings that there are", async () => {
    const known = settingKeys.flatMap((key) => {
      const name = `TRUNK8_${key.toUpperCase().replaceAll(".", "_")}`;
      return [name, ...(settingRow(key).secret ? [`${name}_FILE`] : [])];
    });
    const others = ["TRUNK8_DATA", "TRUNK8_SECRET_KEY_FILE"];
    const named = Object.keys(readEnvironment(await report.text(ENVIRONMENT)));
    same(
      "others",
      named.filter((name) => ![...known, ...others].includes(name)),
      [],
    );
  });
  await report.prove(UNIT, "systemd-analyze verify finds nothing", async () => {
    const unit = join(folder, "trunk8.service");
    const text = await report.text("systemd/trunk8.service");
    await Bun.write(unit, text.replaceAll("=/opt/trunk8/bin/trunk8", "=/bin/true"));
    await Bun.write(join(folder, "trunk8.service.d/node.conf"), await report.text(UNIT));
    const { stdout, stderr } = await run(["systemd-analyze", "verify", "./trunk8.service"], {
      cwd: folder,
    });
    same("what it says", `${stdout}${stderr}`.trim(), "");
  });
}

const EXPORT_OPTIONS = ["rw", "sync", "no_subtree_check", "root_squash"];

async function proveFiles(report: Report, folder: string): Promise<void> {
  await report.prove(EXPORTS, "exports to the nodes alone, and waits for the disk", async () => {
    const [path, ...clients] = lastLine(await report.text(EXPORTS)).split(/\s+/);
    same("the folder", path, lastLine(await report.text(FSTAB)).split(/:|\s/)[1]);
    const wanted = ["10.0.1.10", "10.0.1.11", "10.0.1.12"];
    same(
      "who may",
      clients,
      wanted.map((node) => `${node}(${EXPORT_OPTIONS.join(",")})`),
    );
  });
  await report.prove(FSTAB, "findmnt --verify finds no fault but the missing machine", async () => {
    const file = join(folder, "fstab");
    await Bun.write(file, await report.text(FSTAB));
    const { stdout } = await run(["findmnt", "--verify", "--tab-file", file]);
    if (/parse error|\[E\](?!.*(unreachable|not exist|unsupported))/.test(stdout))
      throw new Error(stdout);
  });
  await report.prove([EXPORTS, FSTAB], "served by a real NFS server", async () => {
    throw new LeftOut("the kernel here has no NFS");
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

interface Service {
  readonly image: string;
  readonly build?: unknown;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly networks?: { readonly machines: { readonly ipv4_address: string } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** The addresses of the services are those that the files name, and the image is built as for one machine. */
async function proveCompose(report: Report): Promise<void> {
  const { services, volumes } = Bun.YAML.parse(await report.text(COMPOSE)) as Compose;
  const oneMachine = Bun.YAML.parse(await report.text(ONE_MACHINE)) as Compose;
  same("the build", services["trunk8-a"]?.build, oneMachine.services.trunk8?.build);
  const addressOf = (name: string) => services[name]?.networks?.machines.ipv4_address;
  const nodes = ["a", "b", "c"].map((name) => addressOf(`trunk8-${name}`));
  same(
    "the nodes",
    nodes,
    NODES.split(",").map((node) => node.split(":")[0]),
  );
  const env = readEnvironment(await report.text(ENVIRONMENT));
  same("the balancer", addressOf("haproxy"), env.TRUNK8_SERVER_TRUSTED_PROXIES);
  const database = addressOf("postgres") ?? "";
  for (const file of [POSTGRES, PGBOUNCER])
    same(`${database} in ${file}`, (await report.text(file)).includes(database), true);
  for (const [name, service] of Object.entries(services)) {
    if (!/:v?\d+(\.\d+)+(-\w+)?$|^trunk8$/.test(service.image))
      throw new Error(`${name} has no version`);
    for (const port of service.ports ?? []) same(port, port.startsWith("127.0.0.1:"), true);
    for (const other of Object.keys(service.depends_on ?? {}))
      if (!(other in services) && Number.isNaN(Number(other)))
        throw new Error(`there is no ${other}`);
    for (const [from = ""] of (service.volumes ?? []).map((volume) => volume.split(":")))
      if (!from.startsWith("./secrets") && !(from in volumes) && !isFile(report, from))
        throw new Error(`${name}: there is no ${from}`);
  }
}

function isFile(report: Report, path: string): boolean {
  return existsSync(join(dirname(report.path(COMPOSE)), path));
}
