import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { text as words } from "../text.en.ts";

const kinds = ["note", "tip", "important", "warning", "caution"] as const;

type Kind = (typeof kinds)[number];

const LABEL = /^\[!(\w+)\][ \t]*\n/;

/** Renders GitHub's alerts: quotes whose first line is `[!NOTE]` or another of the five kinds. */
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

function kindOf(text: Token | undefined): Kind | null {
  const label = LABEL.exec(text?.type === "inline" ? text.content : "")?.[1]?.toLowerCase();
  return kinds.find((kind) => kind === label) ?? null;
}

function openAlert(state: StateCore, quote: Token, kind: Kind, text?: Token): Token[] {
  quote.tag = "div";
  quote.attrs = [
    ["class", `callout callout-${kind}`],
    ["role", "note"],
  ];
  if (text !== undefined) text.content = text.content.replace(LABEL, "");
  const title = new state.Token("alert_title", "p", 0);
  title.content = words.alerts[kind];
  return [quote, title];
}
