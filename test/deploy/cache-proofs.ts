import { join } from "node:path";
import { CACHED_FILE, type Ground } from "./ground.ts";
import { movePaths } from "./nginx.ts";
import { PASSWORD } from "./site.ts";
import { same, until } from "./tools.ts";
import { configFile } from "./upload-proofs.ts";

/** nginx as a cache of openings; ends with the site stopped. */
export async function proveCache({ report, folder, site, nginx, visitor }: Ground): Promise<void> {
  const cached = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await visitor.ask(path, { headers });
    return [answer.status, answer.headers.get("x-cache-status")];
  };
  const keepFor = (seconds: number) =>
    Bun.write(configFile(folder), `[links]\nmax_age_seconds = ${seconds}\n`);
  /** Each worker reads the setting for itself. */
  const isEverywhere = async (control: string) => {
    const sockets = [1, 2].map((number) => join(folder, "run", `trunk8-${number}.sock`));
    const asked = sockets.map((unix) =>
      fetch("http://x.example/later", { unix, redirect: "manual" }),
    );
    return (await Promise.all(asked)).every(({ headers }) =>
      headers.get("cache-control")?.includes(control),
    );
  };

  await report.prove(CACHED_FILE, "nginx takes it", async () => {
    await nginx.setSite(movePaths(await report.text(CACHED_FILE), folder));
    await nginx.reload();
    await keepFor(300);
    await until("the new setting", () => isEverywhere("max-age=300,"));
  });
  await report.prove(CACHED_FILE, "MISS, then HIT; BYPASS with a session", async () => {
    same("first", await cached("/there"), [302, "MISS"]);
    same("then", await cached("/there"), [302, "HIT"]);
    const cookie = await visitor.signIn(PASSWORD, "198.51.100.60");
    same("signed in", await cached("/there", { cookie }), [302, "BYPASS"]);
    same("signed in by http", await cached("/there", { cookie: "a=b; sessionid=x" }), [
      302,
      "BYPASS",
    ]);
  });
  await report.prove(CACHED_FILE, "a part of a file is nobody else's whole", async () => {
    same("a part", await cached("/numbers", { range: "bytes=0-1" }), [206, null]);
    same("the whole", (await visitor.ask("/numbers")).bytes.length, 100_000);
  });
  await report.prove(CACHED_FILE, "stale while we are down, and then a kind 503", async () => {
    await keepFor(1);
    await until("the new setting", () => isEverywhere("max-age=1,"));
    same("kept", (await cached("/later"))[0], 302);
    await site.stop();
    await Bun.sleep(2100); // nginx counts whole seconds
    same("while down", await cached("/later"), [302, "STALE"]);
    const { status, headers } = await visitor.ask("/numbers");
    same("what is not kept", [status, headers.get("retry-after")], [503, "5"]);
  });
}
