/** @jsxImportSource hono/jsx */
import { raw } from "hono/html";
import { type IconName, icons } from "../static/assets/icons.ts";

interface IconProps {
  readonly name: IconName;
  /** Accessible name, where no text beside it says what it means. */
  readonly label?: string;
}

const frame = {
  class: "icon",
  width: "16",
  height: "16",
  viewBox: "0 0 16 16",
  fill: "currentColor",
};

/** An icon in the colour and size of the text around it. */
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

/** Content of each icon inside its outer tag; part of the program, so it needs no escaping. */
const drawings = Object.fromEntries(
  Object.entries(icons).map(([name, svg]) => [name, svg.replace(/^<svg[^>]*>|<\/svg>|\n */g, "")]),
) as Readonly<Record<IconName, string>>;
