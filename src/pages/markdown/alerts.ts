import type { MarkdownIt, StateCore, Token } from "markdown-it";

const TITLES: Readonly<Record<string, string>> = {
  note: "Note",
  tip: "Tip",
  important: "Important",
  warning: "Warning",
  caution: "Caution",
};

const LABEL = /^\[!(\w+)\][ \t]*\n/;

/** GitHub's alerts: a quote whose first line is `[!NOTE]`, or another of the five words. */
export function alerts(md: MarkdownIt): void {
  md.core.ruler.after("block", "alerts", findAlerts);
  md.renderer.rules.alert_title = (tokens, at) =>
    `<p class="callout-title">${tokens[at]?.content}</p>\n`;
}

function findAlerts(state: StateCore): void {
  const open: (Token | null)[] = [];
  state.tokens = state.tokens.flatMap((token, at, tokens) => {
    if (token.type === "blockquote_open") {
      const kind = kindOf(tokens[at + 2]);
      open.push(kind === null ? null : token);
      return kind === null ? [token] : openAlert(state, token, kind, tokens[at + 2]);
    }
    if (token.type === "blockquote_close" && open.pop()) token.tag = "div";
    return [token];
  });
}

function kindOf(text: Token | undefined): string | null {
  const kind = LABEL.exec(text?.type === "inline" ? text.content : "")?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(TITLES, kind) ? kind : null;
}

function openAlert(state: StateCore, quote: Token, kind: string, text?: Token): Token[] {
  quote.tag = "div";
  quote.attrs = [
    ["class", `callout callout-${kind}`],
    ["role", "note"],
  ];
  if (text !== undefined) text.content = text.content.replace(LABEL, "");
  const title = new state.Token("alert_title", "p", 0);
  title.content = TITLES[kind] ?? "";
  return [quote, title];
}
