import { signIn } from "../load/sign-in.ts";
import { ADMIN_PASSWORD } from "../sides/ours.ts";

/** Creates a key of the administrator, as a person does. */
export async function makeKey(port: number): Promise<string> {
  const cookie = await signIn(port, ADMIN_PASSWORD);
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/keys`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench", scopes: ["links:read", "links:create"] }),
  });
  if (answer.status !== 201) throw new Error(`Creating a key returned ${answer.status}.`);
  const { secret } = (await answer.json()) as { secret: string };
  return secret;
}
