import type { Call } from "../../http/call.ts";
import { type Form, hasForm, readForm } from "../../http/request/form.ts";
import { respondWith } from "../../http/response/response.ts";
import { READ } from "../../http/url-row.ts";
import { Problem, toProblem } from "../../problem.ts";
import { expiryIn } from "./sent-options.ts";
import { text } from "./text.en.ts";

/** `POST /<code>` with the link's token: deletes the link, or changes its expiry. */
export async function changeByToken(call: Call): Promise<Response> {
  const form = hasForm(call.request) ? await readForm(call) : null;
  if (form === null || !form.has("token"))
    throw new Problem("method_not_allowed", text.onlyRead, { allow: READ });
  const claim = {
    shortCode: call.params.shortCode ?? "",
    token: form.text("token"),
    address: call.client.address,
  };
  try {
    return await change(call, form, claim);
  } catch (thrown) {
    if (toProblem(thrown).code !== "not_found") throw thrown;
    throw new Problem("unauthenticated", text.wrongToken);
  }
}

async function change(
  call: Call,
  form: Form,
  claim: Parameters<Call["app"]["removals"]["remove"]>[0],
): Promise<Response> {
  const { removals, clock } = call.app;
  if (form.has("delete")) {
    await removals.remove(claim);
    return nothing(call, 200);
  }
  const expiresAt = expiryIn(form, clock());
  if (expiresAt === null) throw new Problem("bad_request", text.tokenAlone);
  await removals.change(claim, { expiresAt });
  return nothing(call, 202);
}

function nothing(call: Call, status: 200 | 202): Response {
  return respondWith("", "json", "text/plain; charset=utf-8", { call, status });
}
