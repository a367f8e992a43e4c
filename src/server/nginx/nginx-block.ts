import type { Settings } from "../../config/settings.ts";

/** A block of nginx's, its lines indented. */
export function block(head: string, lines: readonly string[]): string {
  const inner = lines
    .flatMap((line) => line.split("\n"))
    .map((line) => (line === "" ? "" : `    ${line}`));
  return `${head} {\n${inner.join("\n")}\n}`;
}

/** The value as nginx reads it: quoted where it holds more than a variable or a word. */
export function addHeader(name: string, value: string): string {
  return `add_header ${name} ${value} always;`;
}

/** For blocks that add headers, which forget those of the server; each answer by https asks for https. */
export function hstsLines(settings: Settings): string[] {
  if (settings["server.hsts_seconds"] === 0) return [];
  return [addHeader("strict-transport-security", "$trunk8_hsts")];
}
