import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { version } from "../../src/version.ts";
import { root } from "../entry-points.ts";
import { architectures, buildExecutable } from "./executable.ts";
import { libraryLicenses } from "./licenses.ts";
import { writeSbom } from "./sbom.ts";

/** The name of each artifact. */
export const packageName = `trunk8-${version}.tgz`;
const kitName = `trunk8-${version}-deploy.tar.gz`;
export const executableName = (architecture: string) => `trunk8-${version}-linux-${architecture}`;

/** What the archive for operators contains: the files of deploy/ and what their comments refer to. */
const inKit = ["CHANGELOG.md", "LICENSE", "README.md", "deploy", "docs"];

/** The folder where Trunk8's files are in that archive. */
const KIT_FOLDER = `trunk8-${version}`;

if (import.meta.main) {
  const [, , folder = "dist/release", ...wanted] = process.argv;
  await makeArtifacts(resolve(root, folder), wanted.length > 0 ? wanted : architectures);
}

/** Makes all artifacts of a release. The same sources and libraries give the same bytes. */
async function makeArtifacts(folder: string, wanted: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await Bun.$`npm pack --silent --pack-destination ${folder}`.cwd(root).quiet();
  await writeSbom(join(folder, packageName));
  for (const architecture of architectures.filter((each) => wanted.includes(each))) {
    const file = join(folder, executableName(architecture));
    await buildExecutable(file, architecture);
    await writeSbom(file);
    await Bun.write(`${file}.gz`, compress(await Bun.file(file).bytes()));
  }
  await Bun.write(join(folder, "LICENSES.txt"), libraryLicenses());
  await Bun.write(join(folder, kitName), compress(await packKit()));
  await Bun.write(join(folder, "SHA256SUMS"), await checksums(folder));
}

function compress(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  return Bun.gzipSync(bytes, { level: 9 });
}

/** Without the owners, times and modes of this machine. */
async function packKit(): Promise<Uint8Array<ArrayBuffer>> {
  const same = ["--sort=name", "--format=ustar", "--mtime=@0", "--numeric-owner"];
  const owner = ["--owner=0", "--group=0", "--mode=u=rwX,go=rX"];
  const words = [...same, ...owner, `--transform=s,^,${KIT_FOLDER}/,`, "-cf", "-", ...inKit];
  const tar = Bun.spawn(["tar", ...words], { cwd: root, stderr: "inherit" });
  const bytes = await tar.stdout.bytes();
  if ((await tar.exited) !== 0) throw new Error("tar failed");
  return bytes;
}

/** As `sha256sum` writes and checks them. */
async function checksums(folder: string): Promise<string> {
  const lines = readdirSync(folder)
    .sort()
    .map(async (name) => {
      const bytes = await Bun.file(join(folder, name)).bytes();
      return `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
    });
  return (await Promise.all(lines)).join("");
}
