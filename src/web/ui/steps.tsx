/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { Icon } from "./icon.tsx";

interface StepsProps {
  /** Addresses; null: there is no such page. */
  readonly previous: string | null;
  readonly next: string | null;
  /** Default `Previous` and `Next`. */
  readonly words?: { readonly previous: string; readonly next: string };
}

const usual = { previous: "Previous", next: "Next" };

/** The ways to the pages before and after (list.css). */
export function Steps({ previous, next, words = usual }: StepsProps) {
  if (previous === null && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <Step rel="prev" address={previous}>
        <Icon name="chevron-left" /> {words.previous}
      </Step>
      <Step rel="next" address={next}>
        {words.next} <Icon name="chevron-right" />
      </Step>
    </nav>
  );
}

interface StepProps {
  readonly rel: "prev" | "next";
  readonly address: string | null;
  readonly children?: Child;
}

/** Where there is no page, something stands that keeps the other one's place. */
function Step({ rel, address, children }: StepProps) {
  if (address === null) return <span />;
  return (
    <a class="btn btn-quiet" rel={rel} href={address}>
      {children}
    </a>
  );
}
