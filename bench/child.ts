/** Why nothing can be measured on this machine now; the message says what to do. */
export class Unready extends Error {}

/** @throws Unready that says how to get what is missing */
export function requireTools(names: readonly string[]): void {
  const missing = names.filter((name) => Bun.which(name, { PATH: toolPath }) === null);
  if (missing.length === 0) return;
  throw new Unready(
    `This bench needs ${missing.join(" and ")}: apt-get install ${missing.join(" ")}`,
  );
}

/** Debian keeps nginx in /usr/sbin, which is not on everybody's path. */
export const toolPath = `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin`;

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
