/**
 * A stylesheet without the rules for classes that no page has. It is read by its braces alone, which is enough for the
 * minified sheets of themes.
 */
export function cutSheet(sheet: string, isUsed: (className: string) => boolean): string {
  const kept = cutRules(sheet, isUsed);
  return kept.replace(/@(?:-webkit-)?keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*\}/g, (rule, name) =>
    new RegExp(`animation(-name)?:[^;}]*${name}`).test(kept) ? rule : "",
  );
}

function cutRules(css: string, isUsed: (className: string) => boolean): string {
  return blocksOf(css)
    .map(({ head, body }) => {
      if (body === null) return head;
      if (/^@(media|supports)/.test(head)) return wrap(head, cutRules(body, isUsed));
      if (head.startsWith("@")) return `${head}{${body}}`;
      const selectors = splitList(head).filter((selector) => applies(selector, isUsed));
      return wrap(selectors.join(","), selectors.length > 0 ? body : "");
    })
    .join("");
}

function wrap(head: string, body: string): string {
  return body === "" ? "" : `${head}{${body}}`;
}

interface Block {
  readonly head: string;
  /** What is in its braces; null: a statement or a comment without. */
  readonly body: string | null;
}

/** Rules, statements and comments of a sheet, in order. */
function blocksOf(css: string): Block[] {
  const blocks: Block[] = [];
  let [start, open, depth] = [0, 0, 0];
  const end = (at: number, body: string | null, head = css.slice(start, at)) => {
    blocks.push({ head, body });
    start = at;
  };
  for (const { 0: mark, index } of css.matchAll(/"[^"]*"|'[^']*'|\/\*.*?\*\/|[{};]/gs)) {
    if (mark === "{" && depth++ === 0) open = index;
    if (mark === "}" && --depth === 0)
      end(index + 1, css.slice(open + 1, index), css.slice(start, open).trim());
    if (depth === 0 && (mark === ";" || mark.startsWith("/*"))) end(index + mark.length, null);
  }
  return blocks;
}

/** Splits at commas outside of parentheses. */
function splitList(list: string): string[] {
  return list.match(/(?:[^,()]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
}

/** Whether something on our pages may match: Bootstrap's scripts, which set its attributes, are on none. */
function applies(selector: string, isUsed: (className: string) => boolean): boolean {
  const wanted = selector.replace(/:not\((?:[^()]|\([^()]*\))*\)/g, "");
  if (/\[data-(bs|popper)-(?!theme=light)/.test(wanted)) return false;
  return [...wanted.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].every(([, name = ""]) => isUsed(name));
}
