import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ListedLink } from "../../src/links/links.ts";
import { startServer } from "../../src/server/http-server.ts";
import { as, openTestApp, type World } from "../world.ts";

/** A site on a real socket that takes any file of at most 1 MB, with alice before it. */
export interface FileSite {
  readonly world: World;
  readonly origin: string;
  readonly port: number;
  /** Alice's. */
  readonly cookie: string;
  /** Posts as alice's program, or as `manner` says. */
  post(path: string, body: FormData | string, manner?: Manner): Promise<Response>;
  /** What a link hands out, as text. */
  open(shortCode: string): Promise<string>;
  /** A link of alice's. */
  stored(shortCode: string): Promise<ListedLink>;
  /** What lies half received in alice's folder. */
  halves(): string[];
  close(): Promise<void>;
}

export interface Manner {
  /** Default: JSON. */
  readonly accept?: string;
  /** Default: alice's. */
  readonly cookie?: string;
  /** Only where the body does not tell. */
  readonly type?: string;
}

export const MEGABYTE = 1_048_576;

export async function openFileSite(): Promise<FileSite> {
  const world = await openTestApp({
    settings: {
      "app.max_file_size_mb": 1,
      "files.allowed_extensions": ["*"],
      "limits.uploads": 0,
    },
  });
  const server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  const port = server.port ?? 0;
  const origin = `http://127.0.0.1:${port}`;
  const { alice } = world.people;
  const cookie = await world.signIn(alice);
  return {
    world,
    origin,
    port,
    cookie,
    post: (path, body, { accept = "application/json", type, ...others } = {}) => {
      const headers = { cookie, accept, ...(type && { "content-type": type }), ...others };
      return fetch(origin + path, { method: "POST", body, headers, redirect: "manual" });
    },
    open: async (shortCode) => await (await fetch(`${origin}/${shortCode}`)).text(),
    stored: (shortCode) => world.app.links.get(as(alice), shortCode),
    halves: () => filesIn(join(world.dataFolder, "users", "alice", "assets", ".uploads")),
    close: () => server.stop(),
  };
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

export type Fields = Readonly<Record<string, string | File>>;

export function formOf(fields: Fields): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

export function file(name: string, content: string | Uint8Array<ArrayBuffer> = "hello"): File {
  return new File([content], name);
}

/** What a program is told of a link that was made, or of why none was. */
export interface Told {
  readonly shortCode: string;
  readonly url: string;
  readonly errors?: Readonly<Record<string, string>>;
}

export async function told(response: Response): Promise<Told> {
  return (await response.json()) as Told;
}
