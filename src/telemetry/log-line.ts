/** What JSON leaves as it is, though it speaks to terminals, ends lines for some readers or turns text around. */
const UNSEEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A line of JSON in which nothing acts on who looks at it. It says the same. */
export function harmlessLine(line: string): string {
  return line.replace(UNSEEN, escaped);
}

/** A line of JSON for people at a terminal: the time, the level, the message, then what else there is. */
export function readableLine(line: string): string {
  const {
    "@timestamp": timestamp,
    "log.level": level,
    message,
    "ecs.version": _version,
    "service.node.name": _node,
    "error.stack_trace": stack,
    ...others
  }: Record<string, unknown> = JSON.parse(line);
  const time = String(timestamp).slice("2026-01-01T".length, -"Z".length);
  const facts = Object.entries(others).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const words = [time, String(level).toUpperCase().padEnd(8), message, ...facts].join(" ");
  return `${harmlessText(words)}\n${stack === undefined ? "" : indented(String(stack))}`;
}

function indented(stack: string): string {
  return stack
    .split("\n")
    .map((text) => `    ${harmlessText(text)}\n`)
    .join("");
}

function harmlessText(text: string): string {
  return text.replace(/\p{Cc}/gu, escaped).replace(UNSEEN, escaped);
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
