import { join } from "node:path";
import type { SeededFile } from "../seed/files.ts";
import type { SeededLink } from "../seed/fill.ts";
import { findFreePort, type Side, startSide } from "./side.ts";

/** nginx with the same links in a map, one worker, and a buffered access log. */
export async function startNginx(folder: string, links: Iterable<SeededLink>): Promise<Side> {
  const lines = Array.from(links, ({ shortCode, target }) => `/${shortCode} "${target}";\n`);
  const map = join(folder, `map-${lines.length}.conf`);
  await Bun.write(map, lines.join(""));
  return startNginxWith(folder, {
    http: `map_hash_max_size 524288;
  map_hash_bucket_size 256;
  map $uri $target { include ${map}; }`,
    server: "location / { return 302 $target; }",
  });
}

/** nginx with the same files, its best settings for sending them, one worker, and the same log. */
export function startFileNginx(folder: string, files: readonly SeededFile[]): Promise<Side> {
  return startNginxWith(folder, {
    http: "sendfile on;\n  tcp_nopush on;",
    server: files
      .map(({ shortCode, path }) => `location = /${shortCode} { alias ${path}; }`)
      .join("\n    "),
  });
}

/** A page on disk, with a compressed `.gz` version, and its headers. */
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
  const config = join(folder, `nginx-${port}.conf`);
  await Bun.write(config, nginxConfig(folder, port, lines));
  return startSide({
    name: "nginx",
    command: ["nginx", "-p", folder, "-c", config, "-e", join(folder, `nginx-error-${port}.log`)],
    port,
    folder,
  });
}

function nginxConfig(folder: string, port: number, { http, server }: NginxLines): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((use) => `${use}_temp_path ${folder}/nginx-${use};`)
    .join("\n  ");
  // Otherwise its worker runs as a user that may not read our files.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `daemon off;
${user}
worker_processes 1;
pid ${folder}/nginx-${port}.pid;
events { worker_connections 1024; }
http {
  ${temporary}
  access_log ${folder}/nginx-access-${port}.log combined buffer=64k flush=1s;
  keepalive_requests 1000000000;
  ${http}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`;
}
