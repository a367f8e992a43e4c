/** The database thread, which also crashes: on any request with the SQL `select 'crash'`. */
import "../../src/database/sqlite/thread.ts";

declare const self: Worker;

self.addEventListener("message", ({ data }: MessageEvent) => {
  if (JSON.stringify(data.request).includes("select 'crash'")) throw new Error("crashed");
});
