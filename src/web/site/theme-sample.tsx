/** @jsxImportSource #markup */
import type { Theme } from "../../config/values/themes.ts";
import { assetHref } from "../static/asset.ts";
import { fillText } from "../ui/fill-text.tsx";
import { text } from "./text.en.ts";

/**
 * A small document in its own theme, whatever theme the page around it has: it stands for a picture, so nothing in it
 * can be focused or read out.
 */
export function ThemeSample({ theme }: { theme: Theme }) {
  return (
    <div class="sample-frame" data-sample="" aria-hidden="true" inert>
      <template shadowrootmode="open">
        <link rel="stylesheet" href={assetHref(`${theme}.css`)} data-theme="" />
        <link rel="stylesheet" href={assetHref("settings.css")} />
        <div class="sample" data-bs-theme="light">
          <Document />
        </div>
      </template>
    </div>
  );
}

function Document() {
  const words = text.sample;
  return (
    <>
      <p class="h3">{words.title}</p>
      <p>
        {fillText(words.introduction, {
          emphasis: <strong>{words.emphasis}</strong>,
          link: <a href="#content">{words.link}</a>,
        })}
      </p>
      <blockquote class="blockquote">{words.quote}</blockquote>
      <ol>
        <li>{fillText(words.mix, { emphasis: <em>{words.rest}</em> })}</li>
        <li>{fillText(words.bake, { temperature: <code>{words.temperature}</code> })}</li>
      </ol>
      <table class="table table-sm mb-0">
        <thead>
          <tr>
            <th>{words.flour}</th>
            <th>{words.water}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>{words.flourAmount}</td>
            <td>{words.waterAmount}</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}
