/** @jsxImportSource #markup */

import { Icon } from "../icon.tsx";
import type { Child } from "../markup/markup.ts";
import { text } from "../text.en.ts";

interface PagerProps {
  /** Addresses; null: there is no such page. */
  readonly previous: string | null;
  readonly next: string | null;
  /** Default `Previous` and `Next`. */
  readonly labels?: { readonly previous: string; readonly next: string };
  /** Whether htmx swaps the list in place. */
  readonly swaps?: boolean;
}

/** Links to the previous and next page of a list (list.css). */
export function Pager({ previous, next, labels = text.pager, swaps = false }: PagerProps) {
  if (previous === null && next === null) return null;
  return (
    <nav class="pager" aria-label={text.pager.label}>
      <PageLink rel="prev" address={previous} swaps={swaps}>
        <Icon name="chevron-left" /> {labels.previous}
      </PageLink>
      <PageLink rel="next" address={next} swaps={swaps}>
        {labels.next} <Icon name="chevron-right" />
      </PageLink>
    </nav>
  );
}

interface PageLinkProps {
  readonly rel: "prev" | "next";
  readonly address: string | null;
  readonly swaps: boolean;
  readonly children?: Child;
}

/** A link, or where there is no page, an element of the same id that can keep the focus. */
function PageLink({ rel, address, swaps, children }: PageLinkProps) {
  const id = `page-${rel}`;
  if (address === null)
    return (
      <span id={id} class="btn btn-quiet disabled" tabindex={-1} aria-disabled="true">
        {children}
      </span>
    );
  return (
    <a id={id} class="btn btn-quiet" rel={rel} href={address} {...(swaps && swapping(address))}>
      {children}
    </a>
  );
}

function swapping(address: string) {
  return { "hx-get": address, "hx-swap": "outerHTML show:top showTarget:#found" };
}
