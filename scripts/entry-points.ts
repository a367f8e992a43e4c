import { join } from "node:path";

export const root = join(import.meta.dir, "..");

/** The program, and each file that it starts as a thread, since no import refers to them. */
export const entryPoints = [
  "src/main.ts",
  "src/database/sqlite/thread.ts",
  "src/pages/render-thread.ts",
].map((path) => join(root, path));

/** How the program is compiled for use. */
export const inProduction = {
  minify: true,
  jsx: { runtime: "automatic", importSource: "#markup", development: false },
  define: {
    "process.env.NODE_ENV": '"production"',
    // Else the folder of the build gets in. Of our libraries, only what pino would start threads with asks for it.
    __dirname: '"/"',
  },
} as const;
