import { join } from "node:path";
import { runWell } from "./tools.ts";

/** Makes a certificate for x.example in a folder, in the names that certbot has: `fullchain.pem`, `privkey.pem`. */
export async function makeCertificate(
  folder: string,
): Promise<{ certificate: string; key: string }> {
  const [key, certificate] = [join(folder, "privkey.pem"), join(folder, "fullchain.pem")];
  await Bun.write(key, "");
  await runWell([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    ...["-nodes", "-days", "2", "-subj", "/CN=x.example", "-keyout", key, "-out", certificate],
  ]);
  return { certificate: await Bun.file(certificate).text(), key: await Bun.file(key).text() };
}
