/** Files that come to a page from another window, or from the clipboard. */
import type { Page } from "playwright-core";

/** A picture of one pixel. */
export const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** As from another window: an event with a file, on the page's heading. */
export function drop(page: Page, name: string, content: Buffer): Promise<void> {
  return bring(
    page,
    name,
    content,
    "new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })",
  );
}

export function paste(page: Page, name: string, content: Buffer): Promise<void> {
  return bring(
    page,
    name,
    content,
    "new ClipboardEvent('paste', { clipboardData: data, bubbles: true })",
  );
}

async function bring(page: Page, name: string, content: Buffer, event: string): Promise<void> {
  await page.evaluate(`{
    const bytes = Uint8Array.from(atob("${content.toString("base64")}"), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], ${JSON.stringify(name)}));
    document.querySelector("h1").dispatchEvent(${event});
  }`);
}
