/** The ways in which we send bytes compressed. */
export type Coding = "br" | "gzip";

/** The first of `offered` that a request accepts (RFC 9110, 12.5.3); null: as they are. */
export function chooseCoding({ headers }: Request, offered: readonly Coding[]): Coding | null {
  const accepted = (headers.get("accept-encoding") ?? "").toLowerCase().split(",");
  return offered.find((coding) => accepted.some((line) => names(line, coding))) ?? null;
}

const REFUSED = /^\s*q=0(\.0*)?\s*$/;

function names(line: string, coding: Coding): boolean {
  const [name = "", ...parameters] = line.split(";");
  return name.trim() === coding && !parameters.some((parameter) => REFUSED.test(parameter));
}
