import { assetHref } from "../static/asset.ts";
import type { IconName } from "../static/assets/icons.ts";
import { type Child, html, type Markup } from "./markup/markup.ts";

interface IconProps {
  readonly name: IconName;
}

/** An icon in the colour and size of the text around it, which says what it means. */
export function Icon({ name }: IconProps): Child {
  const known = drawn.get(name) ?? draw(name);
  drawn.set(name, known);
  return known;
}

const drawn = new Map<IconName, Markup>();

function draw(name: IconName): Markup {
  const address = `${assetHref("icons.svg")}#${name}`;
  return html`<svg class=icon aria-hidden=true><use href="${address}"/></svg>`;
}
