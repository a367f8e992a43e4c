/** @jsxImportSource #markup */
import type { Child } from "./markup/markup.ts";

/** One row of a `<dl class="facts">`. */
export function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
