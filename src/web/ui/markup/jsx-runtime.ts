/**
 * The runtime of JSX in our pages: an element is written the moment its expression is evaluated. Most of the time of a
 * page went to the tree of nodes that a renderer reads afterwards.
 */
import type { JSX as HonoElements } from "hono/jsx";
import { type Child, escapeText, Markup, write } from "./markup.ts";

export declare namespace JSX {
  type Element = Child;
  type ElementType = string | ((props: never) => Child);
  interface ElementChildrenAttribute {
    children: Child;
  }
  /** Those of SVG have no types of their own. */
  interface IntrinsicElements extends HonoElements.IntrinsicElements {
    [tag: string]: Readonly<Record<string, unknown>>;
  }
}

type Props = Readonly<Record<string, unknown>> & { readonly children?: Child };

type Component = (props: Props) => Child;

export function jsx(tag: string | Component, props: Props): Child {
  if (typeof tag === "function") return tag(props);
  let written = `<${tag}`;
  for (const name in props) {
    if (name !== "children") written += attribute(name, props[name]);
  }
  if (withoutEnd.has(tag)) return new Markup(`${written}/>`);
  return new Markup(`${written}>${write(props.children)}</${tag}>`);
}

export { jsx as jsxDEV, jsx as jsxs };

export function Fragment({ children }: Pick<Props, "children">): Child {
  return children;
}

/** An attribute with a space before it. */
function attribute(name: string, value: unknown): string {
  switch (typeof value) {
    case "string":
      return ` ${name}="${escapeText(value)}"`;
    case "number":
      return ` ${name}="${value}"`;
    case "boolean":
      if (!switches.has(name)) return ` ${name}="${value}"`;
      return value ? ` ${name}=""` : "";
    default:
      if (value === undefined || value === null) return "";
      throw new Error(`${name} is of type ${typeof value}.`);
  }
}

const withoutEnd: ReadonlySet<string> = new Set(["br", "hr", "img", "input", "link", "meta"]);

/** Attributes that are there or not. */
const switches: ReadonlySet<string> = new Set([
  "autofocus",
  "checked",
  "controls",
  "defer",
  "disabled",
  "download",
  "formnovalidate",
  "hidden",
  "inert",
  "multiple",
  "novalidate",
  "open",
  "readonly",
  "required",
  "selected",
  "webkitdirectory",
]);
