import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addLink, isAlive, type Site, signIn, startSite } from "../server/site.ts";
import { until } from "../until.ts";
import { type Failure, getOnce } from "./get-once.ts";

const CLIENTS = 4;

/** Paths of the other programs; null if one is not installed. */
export const nginx = Bun.which("nginx", { PATH: `${process.env.PATH}:/usr/sbin` });
const wrk = Bun.which("wrk");

export interface ReplaceFindings {
  readonly replacements: number;
  readonly answered: number;
  readonly faults: readonly string[];
}

/** Replaces all workers behind nginx repeatedly while links are opened; every request must be answered. */
export async function replaceWorkers(folder: string, times: number): Promise<ReplaceFindings> {
  if (nginx === null) throw new Error("nginx is not installed: apt-get install nginx-light");
  const listen = `unix:${join(folder, "t.sock")}`;
  const site = await startSite({ dataFolder: join(folder, "data"), listen });
  const port = freePort();
  const stopNginx = await startNginx(nginx, folder, port);
  const origin = `http://127.0.0.1:${port}`;
  await addLink(origin, await signIn(origin), "a", "https://example.com/");
  const load = startLoad(port);
  for (let time = 0; time < times; time++) await replaceAll(site);
  const findings = await load.stop();
  stopNginx();
  await site.stop();
  return { replacements: times, ...findings };
}

/** Connects to the workers' own sockets, and never retries a failed request. */
const nginxConf = (folder: string, port: number) => `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
worker_processes 1;
events {}
http {
  access_log off;
  upstream trunk8 {
    server unix:${folder}/t-1.sock;
    server unix:${folder}/t-2.sock;
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://trunk8;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_next_upstream off;
    }
  }
}
`;

/** @returns a function that stops it */
async function startNginx(program: string, folder: string, port: number): Promise<() => void> {
  const conf = join(folder, "nginx.conf");
  writeFileSync(conf, nginxConf(folder, port));
  const child = Bun.spawn([program, "-p", folder, "-c", conf], { stderr: "ignore" });
  const isListening = async () => (await getOnce(`http://127.0.0.1:${port}`, "/")) !== "refused";
  await until(isListening, { what: "nginx to listen", seconds: 60 });
  return () => child.kill();
}

/** Waits until the old processes have exited: they serve for a moment after they are replaced. */
async function replaceAll(site: Site): Promise<void> {
  const before = site.workers();
  site.kill("SIGUSR2");
  await until(() => !before.some(isAlive), { what: "the old workers to exit", seconds: 60 });
}

interface Load {
  stop(): Promise<Pick<ReplaceFindings, "answered" | "faults">>;
}

/** Clients that check each response on a new connection, and wrk with keep-alive connections if it is installed. */
function startLoad(port: number): Load {
  const counts = new Map<number | Failure, number>();
  let isOver = false;
  const ask = async () => {
    while (!isOver) {
      const answer = await getOnce(`http://127.0.0.1:${port}`, "/a");
      const status = typeof answer === "string" ? answer : answer.status;
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  const clients = Array.from({ length: CLIENTS }, ask);
  const stopWrk = wrk === null ? null : startWrk(wrk, port);
  return {
    stop: async () => {
      isOver = true;
      const said = await stopWrk?.();
      await Promise.all(clients);
      const answered =
        (counts.get(302) ?? 0) + Number(/(\d+) requests in/.exec(said ?? "")?.[1] ?? 0);
      counts.delete(302);
      const faults = [...counts].map(([status, count]) => `${count} requests returned ${status}.`);
      return { answered, faults: [...faults, ...(said?.match(/^ *(Socket|Non-2xx).*/gm) ?? [])] };
    },
  };
}

/** @returns a function that stops it and returns its report */
function startWrk(program: string, port: number): () => Promise<string> {
  const words = ["-t1", "-c16", "-d600s", `http://127.0.0.1:${port}/a`];
  const child = Bun.spawn([program, ...words], { stdout: "pipe" });
  return () => {
    child.kill("SIGINT"); // it prints its report
    return child.stdout.text();
  };
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}
