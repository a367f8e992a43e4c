/** @jsxImportSource hono/jsx */
import { raw } from "hono/html";
import { type IconName, icons } from "../static/assets/icons.ts";

interface IconProps {
  readonly name: IconName;
  /** What it means, where no words beside it say so. */
  readonly label?: string;
}

const frame = {
  class: "icon",
  width: "16",
  height: "16",
  viewBox: "0 0 16 16",
  fill: "currentColor",
};

/** A small drawing in the colour and size of the text around it. */
export function Icon({ name, label }: IconProps) {
  const drawing = raw(drawings[name]);
  if (label === undefined)
    return (
      <svg {...frame} aria-hidden="true">
        {drawing}
      </svg>
    );
  return (
    <svg {...frame} role="img" aria-label={label}>
      {drawing}
    </svg>
  );
}

/** What each icon has inside its outer tag. It comes with the program, so it stands in the page as it is. */
const drawings = Object.fromEntries(
  Object.entries(icons).map(([name, svg]) => [name, svg.replace(/^<svg[^>]*>|<\/svg>|\n */g, "")]),
) as Readonly<Record<IconName, string>>;
