import { html, raw } from "hono/html";
import type { Child } from "hono/jsx";
import { assetHref } from "../static/asset.ts";
import type { IconName } from "../static/assets/icons.ts";

interface IconProps {
  readonly name: IconName;
}

/** An icon in the colour and size of the text around it, which says what it means. */
export function Icon({ name }: IconProps): Child {
  const known = drawn.get(name) ?? draw(name);
  drawn.set(name, known);
  return known;
}

type Drawn = ReturnType<typeof raw>;

const drawn = new Map<IconName, Drawn>();

function draw(name: IconName): Drawn {
  const address = `${assetHref("icons.svg")}#${name}`;
  return raw(html`<svg class=icon aria-hidden=true><use href="${address}"/></svg>`);
}
