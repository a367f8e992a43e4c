/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";

interface DialogLinkProps {
  /** A page with a `DialogContent`. */
  readonly href: string;
  readonly class?: string;
  /** What it does, where the words inside are few: "Delete report". */
  readonly label?: string;
  readonly children?: Child;
}

/** A link to a page that asks something. With scripts the question comes in a dialog over this page. */
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

/** The way out of a `DialogContent`: closes the dialog, or as a plain link leads on to `href`. */
export function DialogCancel({ href }: { href: string }) {
  return (
    <a class="btn btn-quiet" href={href} data-dialog-close="">
      Cancel
    </a>
  );
}
