/** @jsxImportSource hono/jsx */
import { href } from "../../http/urls.ts";
import { MAX_TITLE } from "../../links/input/link-schema.ts";

/**
 * A link to drag to the bookmarks bar: there it offers the page one looks at to `/add`. Pressed where it stands it
 * does nothing, since our pages run no inline script.
 */
export function Bookmarklet({ origin }: { origin: string }) {
  return (
    <a class="btn btn-quiet" href={bookmarkletCode(origin)} data-bookmarklet="">
      Shorten this page
    </a>
  );
}

function bookmarkletCode(origin: string): string {
  const add = JSON.stringify(origin + href("add"));
  const page = "encodeURIComponent(location.href)";
  const title = `encodeURIComponent([...document.title].slice(0,${MAX_TITLE}).join(""))`;
  return `javascript:void(open(${add}+"?url="+${page}+"&title="+${title}))`;
}
