import { href } from "../../../http/urls.ts";
import { type Content, statusOf } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { formatBytes, formatCount } from "../../../text/format.ts";
import { Picture } from "../../open/viewer/file-facts.tsx";
import { type Child, html, raw } from "../../ui/markup/markup.ts";
import { text as shared } from "../../ui/text.en.ts";
import { formatDistance } from "../../ui/time.tsx";
import { tagLinks } from "../tag-links.ts";
import { text as linkText } from "../text.en.ts";
import { marked, markedLine } from "./marked.ts";
import { text } from "./text.en.ts";

/** What the rows of a table have in common. */
export interface RowContext {
  readonly now: number;
  /** Words of the search, which are marked. */
  readonly words: readonly string[];
  /** Whether a row shows its owner. */
  readonly hasOwners: boolean;
  /** Short codes of the selected links; null: rows cannot be selected. */
  readonly selected: ReadonlySet<string> | null;
}

/**
 * A row of the list. Most of a list page are its rows, so they hold nothing that the table's sheet or script can add:
 * labels of cards, actions, exact times. The values of attributes are quoted wherever they vary.
 */
export function linkRow(link: ListedLink, context: RowContext): Child {
  const { now, words, hasOwners, selected } = context;
  const status = statusOf(link, now);
  return html`<tr${link.declared && DECLARED}>${selected && selectCell(link, selected)}<td class=link-name>${nameOf(link, words)}${hasOwners && ownerCell(link)}<td${status !== "live" && raw(` class="${status}"`)}>${linkText.statuses[status]}<td>${formatCount(link.visits)}${momentCell(link.lastVisitAt, now)}${momentCell(link.createdAt, now)}${momentCell(link.expiresAt, now)}<td>`;
}

const DECLARED = raw(" data-declared");
const CHECKED = raw(" checked");

function selectCell({ shortCode, declared }: ListedLink, selected: ReadonlySet<string>): Child {
  if (declared) return EMPTY_CELL;
  return html`<td><input type=checkbox name=codes value="${shortCode}" aria-label="${text.row.select(shortCode)}"${selected.has(shortCode) && CHECKED}>`;
}

const EMPTY_CELL = raw("<td>");

function ownerCell({ owner }: ListedLink): Child {
  return html`<td><a href="${href("user", { username: owner })}">${owner}</a>`;
}

/** The short code with its title, and below them its destination or its file, with a picture. */
function nameOf(link: ListedLink, words: readonly string[]): Child {
  const { shortCode, title, target, content } = link;
  const name = html`<a href="${href("linkPage", { shortCode })}">${marked(shortCode, words)}</a>${title && html` <bdi>${marked(title, words)}</bdi>`}`;
  return html`${content ? fileOf(link, content, name, words) : name}${link.declared && html`<div class=small>${text.row.declared}</div>`}${target && targetOf(target, words)}${tagLinks(link.tags)}${noteOf(link, words)}`;
}

function fileOf(link: ListedLink, content: Content, name: Child, words: readonly string[]): Child {
  return html`<div class=pictured>${Picture({ link, content })}<div>${name}</div><div class=file><bdi>${marked(content.name, words)}</bdi> <span>${formatBytes(content.size)}</span></div></div>`;
}

/** About as long as the column shows it; the rest is in its title on hover. */
const SHOWN_TARGET = 40;

const HTTPS = "https://";

/** The destination; without its scheme and its end, unless the search may have found it there. */
function targetOf(target: string, words: readonly string[]): Child {
  if (words.length > 0) return html`<a href="${target}">${marked(target, words)}</a>`;
  const isLong = target.length > HTTPS.length && target.startsWith(HTTPS);
  return html`<a href="${target}">${cutShort(isLong ? target.slice(HTTPS.length) : target)}</a>`;
}

/** Never inside a pair of surrogates. */
function cutShort(text: string): string {
  if (text.length <= SHOWN_TARGET) return text;
  const isWithinPair = /[\uD800-\uDBFF]/.test(text.charAt(SHOWN_TARGET - 1));
  return `${text.slice(0, isWithinPair ? SHOWN_TARGET - 1 : SHOWN_TARGET)}\u2026`;
}

/** The line of a note that a search has found. */
function noteOf({ note }: ListedLink, words: readonly string[]): Child {
  const line = markedLine(note, words);
  return line !== null && html`<div class=small><bdi>${marked(line, words)}</bdi></div>`;
}

function momentCell(at: number | null, now: number): Child {
  if (at === null) return html`<td>${shared.labels.never}`;
  const minute = new Date(at).toISOString().slice(0, 16);
  return html`<td><time datetime="${minute}Z">${formatDistance(at - now)}</time>`;
}
