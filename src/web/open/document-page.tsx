/** @jsxImportSource #markup */

import { darkThemes, type Theme } from "../../config/values/themes.ts";
import { withQuery } from "../../http/urls.ts";
import type { Section } from "../../pages/outline.ts";
import { isRefusal } from "../../pages/pages.ts";
import type { Rendered } from "../../pages/render-markdown.ts";
import { type Language, textDirection } from "../../text/language.ts";
import { assetHref } from "../static/asset.ts";
import { type Child, raw } from "../ui/markup/markup.ts";
import { text } from "./text.en.ts";

/** What surrounds a document: the same frame and content always make the same page. */
export interface DocumentFrame {
  readonly theme: Theme;
  readonly siteTitle: string;
  /** The link's title, which goes before the document's own. */
  readonly title: string;
  /** The language of our own texts. */
  readonly language: Language;
  /** Of absolute links to the site, by its settings; null: there are none. A Host header names no site. */
  readonly origin: string | null;
  /** Its path there; null for a document that is not saved yet. */
  readonly path: string | null;
  readonly isIndexed: boolean;
  readonly icon: { readonly href: string; readonly type: string };
  /** The operator's own styles. */
  readonly styles: string | null;
}

export interface Drawn {
  readonly html: string;
  /** Else it is the source. */
  readonly isRendered: boolean;
}

/**
 * Draws the page of a document, or of its source if it cannot be rendered.
 * @throws Problem that does not concern the document itself, such as `busy`
 */
export async function drawDocument(
  frame: DocumentFrame,
  rendering: Promise<Rendered>,
  readSource: () => string | Promise<string>,
): Promise<Drawn> {
  try {
    return { html: await documentPage(frame, await rendering), isRendered: true };
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    return { html: await sourcePage(frame, await readSource(), thrown.message), isRendered: false };
  }
}

function documentPage(frame: DocumentFrame, rendered: Rendered): Promise<string> {
  const title = frame.title || rendered.title || frame.siteTitle;
  const lang = rendered.lang ?? DEFAULT_LANGUAGE;
  return write(
    <Page
      frame={frame}
      title={title}
      description={rendered.description}
      lang={lang}
      hasCode={rendered.usesCode}
    >
      <Contents frame={frame} sections={rendered.contents} lang={lang} />
      {/* Sanitised: see pages/render-markdown.ts. */}
      <article class="document" dir={directionOf(lang)}>
        {raw(rendered.html)}
      </article>
    </Page>,
  );
}

function sourcePage(frame: DocumentFrame, source: string, why: string): Promise<string> {
  return write(
    <Page
      frame={frame}
      title={frame.title || frame.siteTitle}
      description={null}
      lang={DEFAULT_LANGUAGE}
    >
      <p class="callout border-warning" {...ofFrame(frame, DEFAULT_LANGUAGE)}>
        {text.document.sourceShown(why)}
      </p>
      <pre class="source" dir="auto" tabindex={0}>
        {source}
      </pre>
    </Page>,
  );
}

/** Attributes of our own texts, where their language is not the document's. */
function ofFrame({ language }: DocumentFrame, lang: string) {
  return language === lang ? {} : { lang: language, dir: textDirection() };
}

/** The language of a document that declares none. */
const DEFAULT_LANGUAGE = "en";

/** Scripts that are written from right to left, by their ISO 15924 codes. */
const RIGHT_TO_LEFT = /^(?:Adlm|Arab|Hebr|Nkoo|Rohg|Syrc|Thaa)$/;

/** The direction of a language if it is written from right to left. */
function directionOf(lang: string): "rtl" | undefined {
  return RIGHT_TO_LEFT.test(new Intl.Locale(lang).maximize().script ?? "") ? "rtl" : undefined;
}

async function write(page: Child): Promise<string> {
  return `<!DOCTYPE html>\n${await page}`;
}

interface PageProps {
  readonly frame: DocumentFrame;
  readonly title: string;
  readonly description: string | null;
  readonly lang: string;
  /** Whether there is highlighted code. */
  readonly hasCode?: boolean;
  readonly children?: Child;
}

function Page({ frame, title, description, lang, hasCode = false, children }: PageProps) {
  return (
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={darkThemes.has(frame.theme) ? "dark" : "light"} />
        {!frame.isIndexed && <meta name="robots" content="noindex" />}
        <title>{title}</title>
        <Unfurled frame={frame} title={title} description={description} />
        <link rel="icon" href={frame.icon.href} type={frame.icon.type} />
        <Sheets frame={frame} hasCode={hasCode} />
      </head>
      <body>
        <main class="container py-4">{children}</main>
        <Footer frame={frame} lang={lang} />
      </body>
    </html>
  );
}

/** What search engines and chats show of the page (ogp.me). */
function Unfurled({
  frame: { origin, path, siteTitle },
  title,
  description,
}: Omit<PageProps, "lang">) {
  const address = path && origin && origin + path;
  return (
    <>
      {description && <meta name="description" content={description} />}
      {address && <link rel="canonical" href={address} />}
      {address && <meta property="og:url" content={address} />}
      <meta property="og:type" content="article" />
      <meta property="og:site_name" content={siteTitle} />
      <meta property="og:title" content={title} />
      {description && <meta property="og:description" content={description} />}
    </>
  );
}

function Sheets({
  frame: { theme, styles },
  hasCode,
}: {
  readonly frame: DocumentFrame;
  readonly hasCode: boolean;
}) {
  return (
    <>
      <link rel="stylesheet" href={assetHref(`${theme}-document.css`)} />
      {hasCode && <link rel="stylesheet" href={assetHref("code.css")} />}
      {styles && <link rel="stylesheet" href={styles} />}
    </>
  );
}

interface ContentsProps {
  readonly frame: DocumentFrame;
  readonly lang: string;
  readonly sections: readonly Section[];
}

function Contents({ frame, lang, sections }: ContentsProps) {
  if (sections.length === 0) return null;
  return (
    <nav class="contents" aria-label={text.document.contents}>
      <details open>
        <summary {...ofFrame(frame, lang)}>{text.document.contents}</summary>
        <SectionList sections={sections} />
      </details>
    </nav>
  );
}

function SectionList({ sections }: { sections: readonly Section[] }) {
  return (
    <ol>
      {sections.map(({ id, title, within }) => (
        <li>
          <a href={`#${encodeURIComponent(id)}`} dir="auto">
            {title}
          </a>
          {within.length > 0 && <SectionList sections={within} />}
        </li>
      ))}
    </ol>
  );
}

function Footer({ frame, lang }: { frame: DocumentFrame; lang: string }) {
  const { siteTitle, path } = frame;
  return (
    <footer class="document-foot">
      <div class="container">
        <bdi>{siteTitle}</bdi>
        {path && (
          <a href={withQuery(path, { raw: "1" })} {...ofFrame(frame, lang)}>
            {text.document.source}
          </a>
        )}
      </div>
    </footer>
  );
}
