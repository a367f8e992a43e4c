/** @jsxImportSource #markup */
import type { Child } from "./markup/markup.ts";
import { text } from "./text.en.ts";

interface DialogLinkProps {
  /** A page with a `DialogContent`. */
  readonly href: string;
  readonly class?: string;
  /** Accessible name, where the content alone is not enough: "Delete report". */
  readonly label?: string;
  readonly children?: Child;
}

/** A link to a page with a question or a detail. With scripts, it opens in a dialog over this page. */
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

interface DialogCloseProps {
  /** Where it leads without scripts. */
  readonly href: string;
}

/** Closes a dialog that asks a question, and leaves all as it is; has the focus first, so that Enter does no harm. */
export function DialogCancel({ href }: DialogCloseProps) {
  return (
    <a class="btn btn-quiet" href={href} data-dialog-close="" autofocus>
      {text.actions.cancel}
    </a>
  );
}

/** Closes a dialog that only shows something. */
export function DialogClose({ href }: DialogCloseProps) {
  return (
    <a class="btn btn-sm btn-quiet" href={href} data-dialog-close="">
      {text.actions.close}
    </a>
  );
}
