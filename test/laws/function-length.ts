import type { Law } from "./source.ts";

const MAX_LINES = 60;

/** As Biome formats them: a line that opens the body of a function, a method or an arrow function. */
const OPENING =
  /^(?!\s*(?:\} else|else|if|for|while|switch|do|try|catch|finally|class|interface|export class)\b).*(?:=>|\)(?:: [^=;]*)?) \{$/;

interface Open {
  readonly line: number;
  readonly indent: number;
  readonly name: string;
}

/** A function over 60 lines does more than one thing. */
export const functionsAreShort: Law = (files) =>
  files
    .filter(({ path }) => /\.[jt]sx?$/.test(path))
    .flatMap(({ path, text }) =>
      lengthsOf(text)
        .filter(({ lines }) => lines > MAX_LINES)
        .map(({ name, lines }) => `${path}: ${name} has ${lines} lines`),
    );

/** Every function of a file with the number of its lines, braces included. */
function lengthsOf(text: string): { readonly name: string; readonly lines: number }[] {
  const open: Open[] = [];
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const indent = line.search(/\S/);
    const closed = line.trim().startsWith("}") ? close(open, indent) : undefined;
    if (OPENING.test(line)) open.push({ line: at, indent, name: nameOf(lines, at, indent) });
    return closed === undefined ? [] : [{ name: closed.name, lines: at - closed.line + 1 }];
  });
}

/** Removes the functions that end at a brace with this indentation; returns the outermost. */
function close(open: Open[], indent: number): Open | undefined {
  while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
  return open.at(-1)?.indent === indent ? open.pop() : undefined;
}

/** The name in the function's first line, which is above it where the parameters take several lines. */
function nameOf(lines: readonly string[], at: number, indent: number): string {
  let first = at;
  if (/^\s*[)}]/.test(lines[at] ?? "")) {
    do first--;
    while (
      first > 0 &&
      (lines[first]?.search(/\S/) !== indent || /^\s*[)}]/.test(lines[first] ?? ""))
    );
  }
  const words = /(?:function\*?|const|let|static|async|get|set)? ?([#\w]+) ?(?:[<(=:]|$)/.exec(
    lines[first] ?? "",
  );
  return words?.[1] ?? `line ${first + 1}`;
}
