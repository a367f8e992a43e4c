import type { Locator, Page } from "playwright-core";

/** The visible field of a form with this name. */
export function field(page: Page, name: string): Locator {
  return page.locator(`[name="${name}"]:not([type="hidden"])`).first();
}

/** Sends the form that has a field of this name by its main button. */
export async function send(page: Page, fieldName: string): Promise<void> {
  const form = page.locator(`main form:has([name="${fieldName}"])`);
  await form.locator('.btn-primary[type="submit"]').click();
}
