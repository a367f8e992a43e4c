import { createHash } from "node:crypto";
import { root } from "../entry-points.ts";

/** The parts of CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/) that we change. */
interface Sbom {
  serialNumber?: string;
  readonly metadata: {
    timestamp?: string;
    readonly component: {
      name: string;
      hashes?: readonly { readonly alg: string; readonly content: string }[];
    };
  };
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

/**
 * Writes the list of all libraries in the executable beside it, in the format CycloneDX, with their hashes as in
 * package-lock.json. The same executable gets the same list: npm's random serial number and the time are left out.
 * @returns the path of the list and the number of libraries
 */
export async function writeSbom(executable: string): Promise<{ path: string; count: number }> {
  const words = ["sbom", "--omit=dev", "--package-lock-only", "--sbom-format=cyclonedx"];
  const npm = Bun.spawn(["npm", ...words, "--sbom-type=application"], { cwd: root });
  const sbom: Sbom = JSON.parse(await npm.stdout.text());
  if ((await npm.exited) !== 0) throw new Error("npm sbom failed");
  delete sbom.serialNumber;
  delete sbom.metadata.timestamp;
  sbom.metadata.component.name = "trunk8"; // npm takes the name of the folder
  const hash = createHash("sha256").update(await Bun.file(executable).bytes());
  sbom.metadata.component.hashes = [{ alg: "SHA-256", content: hash.digest("hex") }];
  const path = `${executable}.cdx.json`;
  await Bun.write(path, `${JSON.stringify(sbom, null, 2)}\n`);
  return { path, count: sbom.components.length };
}
