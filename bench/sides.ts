import { dirname, join } from "node:path";
import { toolPath } from "./child.ts";
import type { SeededFile } from "./fileseed.ts";
import type { SeededLink } from "./seed.ts";

/** A server under load; stopped when it goes out of scope. */
export interface Side extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Asks it to end and waits until it has; stopping twice does nothing. */
  stop(): Promise<void>;
}

/** The administrator's password of the server that `startOurs` starts. */
export const ADMIN_PASSWORD = "bench-password-7d1f";

export interface OursOptions {
  /** The `src/main.ts` to run. */
  readonly program: string;
  readonly dataFolder: string;
  readonly folder: string;
  /** Words for Bun itself, before the program. */
  readonly bunWords?: readonly string[];
  /** Settings beyond the usual. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Our server as an operator starts it. */
export function startOurs({
  program,
  dataFolder,
  folder,
  bunWords = [],
  env = {},
}: OursOptions): Promise<Side> {
  const port = findFreePort();
  const serve = ["serve", "--listen", `127.0.0.1:${port}`, "--data", dataFolder];
  return start({
    name: "trunk8",
    command: [process.execPath, "--no-env-file", ...bunWords, program, ...serve],
    cwd: dirname(dirname(program)),
    env: {
      TRUNK8_ADMIN_PASSWORD: ADMIN_PASSWORD,
      TRUNK8_SECRET_KEY: "bench-secret-key-of-32-characters",
      ...env,
    },
    port,
    folder,
  });
}

/** nginx with the same links in a map, one worker, and an access log written in blocks. */
export async function startNginx(folder: string, links: readonly SeededLink[]): Promise<Side> {
  const map = links.map(({ shortCode, target }) => `/${shortCode} "${target}";\n`).join("");
  await Bun.write(join(folder, "map.conf"), map);
  return startNginxWith(folder, {
    http: `map_hash_max_size 524288;
  map_hash_bucket_size 256;
  map $uri $target { include ${folder}/map.conf; }`,
    server: "location / { return 302 $target; }",
  });
}

/** nginx with the same files, sent as it sends them best, one worker, and the same log. */
export function startFileNginx(folder: string, files: readonly SeededFile[]): Promise<Side> {
  return startNginxWith(folder, {
    http: "sendfile on;\n  tcp_nopush on;",
    server: files
      .map(({ shortCode, path }) => `location = /${shortCode} { alias ${path}; }`)
      .join("\n    "),
  });
}

/** A page that lies on the disk, and compressed beside it as `.gz`, with the headers to send. */
export interface PageFile {
  readonly shortCode: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** nginx with the same page, read from the disk each time. */
export function startPageNginx(folder: string, page: PageFile): Promise<Side> {
  const headers = Object.entries(page.headers).map(
    ([name, value]) => `add_header ${name} "${value}";`,
  );
  return startNginxWith(folder, {
    http: "sendfile on;\n  tcp_nopush on;\n  gzip_static on;",
    server: `location = /${page.shortCode} {
      alias ${page.path};
      types {}
      default_type "text/html; charset=utf-8";
      ${headers.join("\n      ")}
    }`,
  });
}

interface NginxLines {
  readonly http: string;
  readonly server: string;
}

async function startNginxWith(folder: string, lines: NginxLines): Promise<Side> {
  const port = findFreePort();
  const config = join(folder, "nginx.conf");
  await Bun.write(config, nginxConfig(folder, port, lines));
  return start({
    name: "nginx",
    command: ["nginx", "-p", folder, "-c", config, "-e", join(folder, "nginx-error.log")],
    port,
    folder,
  });
}

export function startBare(folder: string): Promise<Side> {
  const port = findFreePort();
  const script = new URL("./bare.ts", import.meta.url).pathname;
  return start({
    name: "bare Bun",
    command: [process.execPath, script, String(port)],
    port,
    folder,
  });
}

function nginxConfig(folder: string, port: number, { http, server }: NginxLines): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((use) => `${use}_temp_path ${folder}/nginx-${use};`)
    .join("\n  ");
  // Its worker would else be somebody who may not read our files.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `daemon off;
${user}
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  ${temporary}
  access_log ${folder}/nginx-access.log combined buffer=64k flush=1s;
  keepalive_requests 1000000000;
  ${http}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`;
}

interface Launch {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Where its output goes. */
  readonly folder: string;
  /** Bun looks for tsconfig.json here. Absent: `folder`. */
  readonly cwd?: string;
}

async function start({
  name,
  command,
  env = {},
  port,
  folder,
  cwd = folder,
}: Launch): Promise<Side> {
  const log = Bun.file(join(folder, `${name.replace(" ", "-")}.log`));
  const child = Bun.spawn([...command], {
    cwd,
    env: { HOME: folder, PATH: toolPath, ...env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  const stop = () => stopChild(child);
  try {
    await waitUntilAnswering(child, port);
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start: ${await log.text()}`, { cause: error });
  }
  return { name, port, pid: child.pid, stop, [Symbol.asyncDispose]: stop };
}

async function waitUntilAnswering(child: Bun.Subprocess, port: number): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    await Bun.sleep(50);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" }).catch(
      () => null,
    );
    if (answer !== null) return;
  }
  throw new Error(child.exitCode === null ? "no answer in time" : `exit code ${child.exitCode}`);
}

const STOP_MS = 20_000;

async function stopChild(child: Bun.Subprocess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.kill("SIGTERM");
  await child.exited;
  clearTimeout(timer);
}

function findFreePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
