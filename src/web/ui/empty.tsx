/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";

interface EmptyProps {
  readonly title: string;
  /** What to do about it. */
  readonly children?: Child;
}

/** Stands where a list would, and says how to begin one. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty">
      <p class="lead mb-1">{title}</p>
      {children}
    </div>
  );
}
