import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Ground, SITE_FILE } from "./ground.ts";
import { movePaths } from "./nginx.ts";
import { PASSWORD, readEnvironment, Site } from "./site.ts";
import { run, runWell, same, until } from "./tools.ts";

const FROM = "198.51.100.40";
const MB = 1_048_576;

/** Files on their way in, through nginx. */
export async function proveUpload(ground: Ground): Promise<void> {
  const { report, folder, nginx, visitor } = ground;
  const big = join(folder, "big.zip");
  await runWell(["truncate", "-s", String(200 * MB), big]);
  await report.prove(SITE_FILE, "413 beyond app.max_file_size_mb", async () => {
    const cookie = await visitor.signIn(PASSWORD, FROM);
    same("the answer", (await upload(ground, big, cookie)).status, "413");
  });
  await report.prove(SITE_FILE, "200 MB come in unbuffered where they are allowed", async () => {
    const env = readEnvironment(movePaths(await report.text("systemd/trunk8.env"), folder));
    await Bun.write(configFile(folder), "[app]\nmax_file_size_mb = 250\n");
    await using other = new Site({ folder, env });
    const words = [
      "--certificates",
      `${folder}/certificates`,
      "--static",
      `${folder}/cache/static`,
    ];
    await nginx.setSite(await other.call("config", "nginx", ...words));
    await nginx.reload();
    const cookie = await visitor.signIn(PASSWORD, FROM);
    await until("the new limit", () => areAllAllowing(folder, cookie, 250));
    const sent = upload(ground, big, cookie, ["--limit-rate", "100M"]);
    await Bun.sleep(800);
    const isDraft = hasFiles(join(folder, "data", "users", "admin", "assets", ".uploads"));
    const isKept = hasFiles(nginx.bodyFolder);
    same("the answer", await sent, { status: "201" });
    same("in Trunk8's hands, in nginx's", [isDraft, isKept], [true, false]);
  });
}

/** Whether each worker, which reads the setting for itself, allows files of so many MB. */
async function areAllAllowing(folder: string, cookie: string, limit: number): Promise<boolean> {
  const asked = [1, 2].map(async (number) => {
    const unix = join(folder, "run", `trunk8-${number}.sock`);
    const headers = { cookie, "x-forwarded-proto": "https", "x-forwarded-for": FROM };
    return await (await fetch("http://x.example/-/settings", { unix, headers })).text();
  });
  const field = new RegExp(`app\\.max_file_size_mb"[^>]*value="${limit}"`);
  return (await Promise.all(asked)).every((page) => field.test(page));
}

export const configFile = (folder: string): string => join(folder, "data", "config", "config.toml");

async function upload(
  { nginx }: Ground,
  file: string,
  cookie: string,
  more: readonly string[] = [],
): Promise<{ status: string }> {
  const { stdout } = await run([
    ...["curl", ...nginx.curlWords, "-o", "/dev/null", "-w", "%{http_code}", ...more],
    ...["-H", `Cookie: ${cookie}`, "-H", `X-Test-Address: ${FROM}`],
    ...["-H", "Accept: application/json", "-F", "link_type=file", "-F", `file=@${file}`],
    `${nginx.origin}/add`,
  ]);
  return { status: stdout };
}

/** Whether a folder holds a file at all, at any depth. */
export function hasFiles(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((each) =>
    each.isFile(),
  );
}
