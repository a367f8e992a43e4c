/** Why nothing can be measured on this machine now; the message says what to do. */
export class Unready extends Error {}

/** Debian keeps nginx in /usr/sbin, which is not on everybody's path. */
export const toolPath = `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin`;

export function hasTool(name: string): boolean {
  return Bun.which(name, { PATH: toolPath }) !== null;
}

/** Debian names the packages as these programs, but for Apache's. */
const packages: Readonly<Record<string, string>> = { ab: "apache2-utils" };

/** @throws Unready that says how to get what is missing */
export function requireTools(names: readonly string[]): void {
  const missing = names.filter((name) => !hasTool(name));
  if (missing.length > 0) throw new Unready(`It needs ${howToInstall(missing)}`);
}

export function howToInstall(tools: readonly string[]): string {
  const wanted = tools.map((tool) => packages[tool] ?? tool);
  return `${tools.join(" and ")}: apt-get install ${wanted.join(" ")}`;
}

/** What is left out for want of nginx, as a sentence for the report; null where it is installed. */
export const noteWithoutNginx = hasTool("nginx")
  ? null
  : `nginx is not installed, so what it would be compared with is left out. ${howToInstall(["nginx"])}`;

/** Runs a command to its end; gives the JSON object on the last line of its output. */
export async function runForJson<T>(command: readonly string[]): Promise<T> {
  const child = Bun.spawn([...command], { stdout: "pipe", stderr: "inherit", stdin: "ignore" });
  const output = await new Response(child.stdout).text();
  const code = await child.exited;
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || !line.startsWith("{")) {
    throw new Error(`${command.slice(0, 2).join(" ")} ended with ${code}: ${output.slice(-500)}`);
  }
  return JSON.parse(line) as T;
}

/** Runs a TypeScript file of ours as a process of its own, with `order` as its one argument. */
export function runScript<T>(path: string, order: object): Promise<T> {
  return runForJson<T>([process.execPath, path, JSON.stringify(order)]);
}

/** What `runScript` gave this process to do. */
export function readScriptOrder<T>(): T {
  return JSON.parse(process.argv[2] ?? "") as T;
}

/** Hands a result to `runScript`, and ends this process. */
export async function endScript(result: object): Promise<never> {
  await Bun.write(Bun.stdout, `${JSON.stringify(result)}\n`);
  process.exit();
}
