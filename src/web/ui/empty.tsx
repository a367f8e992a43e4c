/** @jsxImportSource #markup */
import type { Child } from "./markup/markup.ts";

interface EmptyProps {
  readonly title: string;
  /** What to do next. */
  readonly children?: Child;
}

/** Stands in place of an empty list, and says what to do. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty">
      <p class="lead mb-1">{title}</p>
      {children}
    </div>
  );
}
