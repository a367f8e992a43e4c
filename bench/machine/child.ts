/** Measuring is impossible on this machine now; the message says what to do. */
export class Unready extends Error {}

/** On Debian, nginx is in /usr/sbin, which is not in every PATH. */
export const toolPath = `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin`;

export function hasTool(name: string): boolean {
  return Bun.which(name, { PATH: toolPath }) !== null;
}

/** Debian's packages have the names of these programs, except Apache's. */
const packages: Readonly<Record<string, string>> = { ab: "apache2-utils" };

/** @throws Unready that says how to install missing tools */
export function requireTools(names: readonly string[]): void {
  const missing = names.filter((name) => !hasTool(name));
  if (missing.length > 0) throw new Unready(`Missing: ${howToInstall(missing)}`);
}

export function howToInstall(tools: readonly string[]): string {
  const wanted = tools.map((tool) => packages[tool] ?? tool);
  return `${tools.join(" and ")}: apt-get install ${wanted.join(" ")}`;
}

/** Note for the report about comparisons that are skipped without nginx; null if it is installed. */
export const noteWithoutNginx = hasTool("nginx")
  ? null
  : `nginx is not installed, so comparisons with it are skipped. ${howToInstall(["nginx"])}`;

/** Runs a command to its end; returns the JSON object on the last line of its output. */
export async function runForJson<T>(command: readonly string[]): Promise<T> {
  const child = Bun.spawn([...command], { stdout: "pipe", stderr: "inherit", stdin: "ignore" });
  const output = await new Response(child.stdout).text();
  const code = await child.exited;
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || !line.startsWith("{")) {
    throw new Error(`${command.slice(0, 2).join(" ")} exited with ${code}: ${output.slice(-500)}`);
  }
  return JSON.parse(line) as T;
}

/** Runs one of our TypeScript files as a separate process, with `order` as its argument. */
export function runScript<T>(path: string, order: object): Promise<T> {
  return runForJson<T>([process.execPath, path, JSON.stringify(order)]);
}

/** The `order` that `runScript` passed to this process. */
export function readScriptOrder<T>(): T {
  return JSON.parse(process.argv[2] ?? "") as T;
}

/** Returns a result to `runScript`, and ends this process. */
export async function endScript(result: object): Promise<never> {
  await Bun.write(Bun.stdout, `${JSON.stringify(result)}\n`);
  process.exit();
}
