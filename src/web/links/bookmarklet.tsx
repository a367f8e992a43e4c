/** @jsxImportSource #markup */
import { href } from "../../http/urls.ts";
import { MAX_TITLE } from "../../links/input/title-and-note.ts";
import { text } from "./text.en.ts";

/**
 * A link to drag to the bookmarks bar, where it opens `/add` with the address of the current page. On our own pages it
 * does nothing, since they run no inline script.
 */
export function Bookmarklet({ origin }: { origin: string }) {
  return (
    <a class="btn btn-quiet" href={bookmarkletCode(origin)} data-bookmarklet="">
      {text.bookmarklet}
    </a>
  );
}

/** Offers the bookmarklet at the end of a page. */
export function BookmarkletHint({ origin }: { origin: string }) {
  return (
    <aside class="border-top mt-5 pt-3 needs-mouse">
      <p>{text.bookmarkletHint}</p>
      <Bookmarklet origin={origin} />
    </aside>
  );
}

function bookmarkletCode(origin: string): string {
  const add = JSON.stringify(origin + href("add"));
  const page = "encodeURIComponent(location.href)";
  const title = `encodeURIComponent([...document.title].slice(0,${MAX_TITLE}).join(""))`;
  return `javascript:void(open(${add}+"?url="+${page}+"&title="+${title}))`;
}
