/** @jsxImportSource #markup */
import type { Child } from "./markup/markup.ts";

interface SectionProps {
  readonly title: string;
  readonly children?: Child;
}

/** A part of a long page under its own heading. */
export function Section({ title, children }: SectionProps) {
  return (
    <section class="mt-5">
      <h2 class="h4 mb-3">{title}</h2>
      {children}
    </section>
  );
}
