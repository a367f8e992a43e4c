import { parseAccept } from "hono/utils/accept";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/**
 * Refuses a request that accepts none of the types that it could get.
 * @throws Problem `not_acceptable`
 */
export function requireAcceptable(
  { headers }: Pick<Request, "headers">,
  types: readonly string[],
): void {
  const header = headers.get("accept");
  if (header === null || header.trim() === "" || types.length === 0) return;
  const ranges = parseAccept(header).filter(({ q }) => q > 0);
  const fits = (type: string) =>
    ranges.some(({ type: range }) =>
      ["*/*", type.replace(/\/.*/, "/*"), type].includes(range.toLowerCase()),
    );
  if (types.includes("*/*") || types.some(fits)) return;
  throw new Problem("not_acceptable", text.notAcceptable(types.join(", ")));
}
