import { LRUCache } from "lru-cache";
import type { Settings } from "../../config/settings.ts";
import { onePerApp } from "../../http/one-per-app.ts";
import type { Opening } from "../../links/cached-link.ts";
import type { BrandFile } from "../static/branding.ts";
import type { RenderedPage } from "./rendered-page.ts";

/** What the page of a document depends on for visitors, besides the link itself. */
export interface PageContext {
  readonly settings: Settings;
  readonly isHttps: boolean;
  readonly icon: BrandFile | null;
  readonly styles: BrandFile | null;
}

/** The key of a page, and the context in which it was rendered. */
interface CachedPage extends PageContext {
  readonly key: string;
}

/** Most bytes of pages that one process keeps. */
const MAX_BYTES = 32_000_000;

/** Rendered pages of documents, kept by everything they are made of. */
export class DocumentPages {
  readonly #pages = new LRUCache<string, RenderedPage>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ size }) => size + 1000,
  });
  readonly #ofVisitors = new WeakMap<Opening, CachedPage>();

  find(key: string): RenderedPage | undefined {
    return this.#pages.get(key);
  }

  add(key: string, page: RenderedPage): void {
    this.#pages.set(key, page);
  }

  /** Notes that visitors get the page of this key as long as the context stays the same. */
  noteForVisitors(opening: Opening, context: PageContext, key: string): void {
    this.#ofVisitors.set(opening, { ...context, key });
  }

  /** The page that visitors get in this context, if it was rendered before. */
  findForVisitors(opening: Opening, context: PageContext): RenderedPage | undefined {
    const cached = this.#ofVisitors.get(opening);
    if (cached === undefined || !isSameContext(cached, context)) return undefined;
    return this.#pages.get(cached.key);
  }
}

export const documentPagesOf = onePerApp(() => new DocumentPages());

function isSameContext(one: PageContext, other: PageContext): boolean {
  return (
    one.settings === other.settings &&
    one.isHttps === other.isHttps &&
    one.icon === other.icon &&
    one.styles === other.styles
  );
}
