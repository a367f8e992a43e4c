import { run } from "./cli/cli.ts";

process.exitCode = await run(Bun.argv.slice(2), { ...process.env });
