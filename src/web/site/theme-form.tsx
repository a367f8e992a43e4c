/** @jsxImportSource #markup */

import type { SettingKey } from "../../config/settings.ts";
import { text as values } from "../../config/values/text.en.ts";
import { type Theme, themeNames } from "../../config/values/themes.ts";
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { assetHref } from "../static/asset.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { type Entry, PostForm } from "../ui/post-form.tsx";
import { text as ui } from "../ui/text.en.ts";
import { text } from "./text.en.ts";
import { ThemeSample } from "./theme-sample.tsx";
import { Swatch } from "./theme-swatch.tsx";

interface ThemeFormProps {
  readonly call: Call;
  readonly entry: Entry;
  /** Whether the site's themes are chosen, and not the user's own. */
  readonly isForTheSite: boolean;
}

/** Chooses both themes. With scripts (assets/theme-choice.js) the page previews each before it is saved. */
export function ThemeForm({ call, entry, isForTheSite }: ThemeFormProps) {
  const shared = { call, entry, isForTheSite };
  return (
    <>
      <PageHead title={text.themes.title} />
      <p>{isForTheSite ? text.themes.siteWide : text.themes.yours}</p>
      <PostForm action={href("settings")} entry={entry}>
        <Group {...shared} name="theme" setting="app.theme" legend={text.themes.pages} />
        <Group
          {...shared}
          name="markdown_theme"
          setting="app.markdown_theme"
          legend={text.themes.markdown}
        >
          <ThemeSample theme={sampleTheme(call, entry)} />
        </Group>
        <div class="save-bar">
          <button class="btn btn-primary" type="submit">
            {ui.actions.save}
          </button>
          <a class="btn btn-quiet" href={href("settings")}>
            {ui.actions.cancel}
          </a>
        </div>
      </PostForm>
    </>
  );
}

interface GroupProps extends ThemeFormProps {
  readonly name: "theme" | "markdown_theme";
  readonly setting: Extract<SettingKey, "app.theme" | "app.markdown_theme">;
  readonly legend: string;
  /** Preview of the chosen theme; without one, the page itself is the preview. */
  readonly children?: Child;
}

function Group({ call, entry, isForTheSite, name, setting, legend, children }: GroupProps) {
  const overrider = isForTheSite ? call.app.live.overriderOf(setting) : null;
  const problem = entry.refusal?.fields[name];
  return (
    <fieldset class="mb-5" aria-describedby={problem && `${name}-problem`}>
      <legend class="h4 mb-3">{legend}</legend>
      {problem && (
        <p class="fw-semibold" id={`${name}-problem`}>
          {problem}
        </p>
      )}
      <div class={children ? "with-sample" : undefined}>
        {children}
        {overrider === null ? (
          <Cards
            call={call}
            entry={entry}
            name={name}
            setting={setting}
            isForTheSite={isForTheSite}
          />
        ) : (
          <Overridden theme={call.settings[setting]} overrider={overrider} />
        )}
      </div>
    </fieldset>
  );
}

function Overridden({ theme, overrider }: { theme: Theme; overrider: string }) {
  return <p>{text.themes.overridden(titleOf(theme), overrider)}</p>;
}

type CardsProps = Omit<GroupProps, "legend" | "children">;

function Cards({ call, entry, isForTheSite, name, setting }: CardsProps) {
  const siteTheme = call.settings[setting];
  const isChosen = (value: string) => entry.values[name] === value;
  return (
    <div class="theme-cards" data-previews={name}>
      {!isForTheSite && (
        <Card name={name} value="" theme={siteTheme} checked={isChosen("")}>
          <strong>{text.themes.siteDefault}</strong>
          <span class="small">{text.themes.currently(titleOf(siteTheme))}</span>
        </Card>
      )}
      {themeNames.map((theme) => (
        <Card name={name} value={theme} theme={theme} checked={isChosen(theme)}>
          <strong>{titleOf(theme)}</strong>
          <span class="small">{values.themes[theme]}</span>
        </Card>
      ))}
    </div>
  );
}

interface CardProps {
  readonly name: string;
  readonly value: string;
  readonly theme: Theme;
  readonly checked: boolean;
  readonly children?: Child;
}

function Card({ name, value, theme, checked, children }: CardProps) {
  return (
    <label class="theme-card">
      <Swatch theme={theme} />
      <input
        class="form-check-input"
        type="radio"
        name={name}
        value={value}
        checked={checked}
        data-sheet={assetHref(name === "theme" ? `${theme}-page.css` : `${theme}.css`)}
      />
      {children}
    </label>
  );
}

function sampleTheme({ settings }: Call, { values }: Entry): Theme {
  const chosen = themeNames.find((theme) => theme === values.markdown_theme);
  return chosen ?? settings["app.markdown_theme"];
}

function titleOf(theme: Theme): string {
  return theme.charAt(0).toUpperCase() + theme.slice(1);
}
