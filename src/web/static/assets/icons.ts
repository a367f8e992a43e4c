import barChart from "bootstrap-icons/icons/bar-chart.svg" with { type: "text" };
import boxArrowRight from "bootstrap-icons/icons/box-arrow-right.svg" with { type: "text" };
import boxArrowUpRight from "bootstrap-icons/icons/box-arrow-up-right.svg" with { type: "text" };
import check from "bootstrap-icons/icons/check-lg.svg" with { type: "text" };
import chevronDown from "bootstrap-icons/icons/chevron-down.svg" with { type: "text" };
import chevronLeft from "bootstrap-icons/icons/chevron-left.svg" with { type: "text" };
import chevronRight from "bootstrap-icons/icons/chevron-right.svg" with { type: "text" };
import clock from "bootstrap-icons/icons/clock.svg" with { type: "text" };
import collection from "bootstrap-icons/icons/collection.svg" with { type: "text" };
import copy from "bootstrap-icons/icons/copy.svg" with { type: "text" };
import download from "bootstrap-icons/icons/download.svg" with { type: "text" };
import eye from "bootstrap-icons/icons/eye.svg" with { type: "text" };
import file from "bootstrap-icons/icons/file-earmark.svg" with { type: "text" };
import html from "bootstrap-icons/icons/filetype-html.svg" with { type: "text" };
import film from "bootstrap-icons/icons/film.svg" with { type: "text" };
import gear from "bootstrap-icons/icons/gear.svg" with { type: "text" };
import image from "bootstrap-icons/icons/image.svg" with { type: "text" };
import link from "bootstrap-icons/icons/link-45deg.svg" with { type: "text" };
import markdown from "bootstrap-icons/icons/markdown.svg" with { type: "text" };
import music from "bootstrap-icons/icons/music-note-beamed.svg" with { type: "text" };
import palette from "bootstrap-icons/icons/palette.svg" with { type: "text" };
import pencil from "bootstrap-icons/icons/pencil.svg" with { type: "text" };
import people from "bootstrap-icons/icons/people.svg" with { type: "text" };
import person from "bootstrap-icons/icons/person.svg" with { type: "text" };
import plus from "bootstrap-icons/icons/plus-lg.svg" with { type: "text" };
import qrCode from "bootstrap-icons/icons/qr-code.svg" with { type: "text" };
import search from "bootstrap-icons/icons/search.svg" with { type: "text" };
import sortDown from "bootstrap-icons/icons/sort-down.svg" with { type: "text" };
import sortUp from "bootstrap-icons/icons/sort-up.svg" with { type: "text" };
import tags from "bootstrap-icons/icons/tags.svg" with { type: "text" };
import threeDots from "bootstrap-icons/icons/three-dots.svg" with { type: "text" };
import trash from "bootstrap-icons/icons/trash.svg" with { type: "text" };
import x from "bootstrap-icons/icons/x-lg.svg" with { type: "text" };

/** The drawings of our icons, each a whole SVG document. Named one by one, so that the executable holds them all. */
export const icons = {
  link,
  copy,
  check,
  "qr-code": qrCode,
  pencil,
  tags,
  trash,
  "three-dots": threeDots,
  "box-arrow-up-right": boxArrowUpRight,
  plus,
  search,
  gear,
  person,
  people,
  "box-arrow-right": boxArrowRight,
  download,
  clock,
  eye,
  "chevron-down": chevronDown,
  "chevron-left": chevronLeft,
  "chevron-right": chevronRight,
  "sort-up": sortUp,
  "sort-down": sortDown,
  file,
  image,
  film,
  music,
  markdown,
  html,
  collection,
  palette,
  "bar-chart": barChart,
  x,
} as const;

export type IconName = keyof typeof icons;

/** All icons as one file, of which a page draws one by `<use href="...#name">`. */
export function iconSprite(): string {
  const symbols = Object.entries(icons).map(([name, svg]) => symbolOf(name, svg));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function symbolOf(name: string, svg: string): string {
  const drawing = svg.replace(/^<svg[^>]*>|<\/svg>\s*$|\n */g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${drawing}</symbol>`;
}
