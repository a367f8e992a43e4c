import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../../cluster/clients/ask.ts";
import { nginx } from "../../crash/replace.ts";
import { freePort } from "../../postgres-server.ts";
import { until } from "../../until.ts";
import { WORKERS } from "./running-site.ts";

/** nginx with the lines for the sockets of a service that `trunk8 config nginx` writes. */
export class Front {
  readonly port = freePort();
  readonly #folder: string;
  #child: Bun.Subprocess | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(socket: string): Promise<void> {
    if (nginx === null) throw new Error("nginx is not installed: apt-get install nginx-light");
    const conf = this.#write(socket);
    this.#child = Bun.spawn([nginx, "-p", this.#folder, "-c", conf], { stderr: "ignore" });
    const answers = async () => (await ask(this.port, "/auth/login")).status === 200;
    await until(answers, { what: "nginx", seconds: 60 });
  }

  /** Sends new requests to another service; those under way are finished. */
  switchTo(socket: string): void {
    this.#write(socket);
    this.#child?.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    this.#child?.kill();
    await this.#child?.exited;
  }

  #write(socket: string): string {
    const conf = join(this.#folder, "nginx.conf");
    writeFileSync(conf, textOf(this.#folder, this.port, socket));
    return conf;
  }
}

function textOf(folder: string, port: number, socket: string): string {
  const servers = Array.from(
    { length: WORKERS },
    (_, at) => `server unix:${socket.replace(/\.sock$/, `-${at + 1}.sock`)};`,
  );
  return `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  client_max_body_size 0;
  upstream trunk8 {
    ${servers.join(" ")}
    keepalive 32;
    keepalive_timeout 4s;
  }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://trunk8;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      proxy_next_upstream error timeout http_503;
      proxy_read_timeout 120s;
    }
  }
}
`;
}
