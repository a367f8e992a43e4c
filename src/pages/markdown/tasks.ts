import type { MarkdownIt, StateCore, Token } from "markdown-it";

const BOX = /^\[([ xX])\](?=\s)/;

/** `- [ ] open` and `- [x] done` (GFM, 5.3), before anybody takes the brackets for a link. */
export function tasks(md: MarkdownIt): void {
  md.core.ruler.after("block", "tasks", findTasks);
  md.renderer.rules.task_box = (tokens, at) => renderBox(tokens[at]?.info === "x");
}

function findTasks(state: StateCore): void {
  const lists: Token[] = [];
  state.tokens = state.tokens.flatMap((token, at, tokens) => {
    if (token.type.endsWith("_list_open")) lists.push(token);
    if (token.type.endsWith("_list_close")) lists.pop();
    return startsItem(tokens, at) ? withBox(state, token, tokens[at - 2], lists.at(-1)) : [token];
  });
}

/** Is this the text of an item's first paragraph? */
function startsItem(tokens: readonly Token[], at: number): boolean {
  return (
    tokens[at]?.type === "inline" &&
    tokens[at - 1]?.type === "paragraph_open" &&
    tokens[at - 2]?.type === "list_item_open"
  );
}

function withBox(state: StateCore, text: Token, item?: Token, list?: Token): Token[] {
  const box = BOX.exec(text.content);
  if (box === null) return [text];
  text.content = text.content.slice(box[0].length);
  const token = new state.Token("task_box", "input", 0);
  token.info = box[1] === " " ? "" : "x";
  item?.attrSet("class", "task-list-item");
  list?.attrSet("class", "contains-task-list");
  return [token, text];
}

function renderBox(isDone: boolean): string {
  return `<input ${isDone ? 'checked="" ' : ""}disabled="" type="checkbox">`;
}
