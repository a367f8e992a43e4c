/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { text } from "./text.en.ts";

interface DialogLinkProps {
  /** A page with a `DialogContent`. */
  readonly href: string;
  readonly class?: string;
  /** Accessible name, where the content alone is not enough: "Delete report". */
  readonly label?: string;
  readonly children?: Child;
}

/** A link to a page that asks a question. With scripts, the question opens in a dialog over this page. */
export function DialogLink({ href, class: classes, label, children }: DialogLinkProps) {
  return (
    <a href={href} class={classes} aria-label={label} data-dialog="">
      {children}
    </a>
  );
}

/** The part of a page that a `DialogLink` shows; its first heading names the dialog. */
export function DialogContent({ children }: { children?: Child }) {
  return (
    <section class="narrow" data-dialog-content="">
      {children}
    </section>
  );
}

/** Closes the dialog of a `DialogContent`; without scripts, a link to `href`. */
export function DialogCancel({ href }: { href: string }) {
  return (
    <a class="btn btn-quiet" href={href} data-dialog-close="">
      {text.actions.cancel}
    </a>
  );
}
