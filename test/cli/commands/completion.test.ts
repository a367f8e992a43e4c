import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { callProgram } from "../program.ts";

const scriptOf = async (shell: string) =>
  (await callProgram(tmpdir(), ["completion", shell])).stdout;

test("bash completes commands, second words and options", async () => {
  const script = await scriptOf("bash");
  const completed = (...words: string[]) => {
    const typed = words.map((word) => `'${word}'`).join(" ");
    const ask = `COMP_WORDS=(trunk8 ${typed}); COMP_CWORD=${words.length}; _trunk8`;
    const code = `${script}\n${ask}\necho "\${COMPREPLY[*]}"`;
    return Bun.spawnSync(["bash", "-c", code]).stdout.toString().trim();
  };
  expect(completed("comp")).toBe("completion");
  expect(completed("tag", "r")).toBe("rename rm");
  expect(completed("tag", "rename", "a", "--s")).toBe("--server");
  expect(completed("ls", "--so")).toBe("--sort");
  expect(completed("worker")).toBe("");
});

test("zsh and fish have scripts; other shells are refused", async () => {
  expect(await scriptOf("zsh")).toContain("bashcompinit");
  expect(await scriptOf("fish")).toContain("-l sort");
  const { exitCode, stdout } = await callProgram(tmpdir(), ["completion", "ksh"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
});
