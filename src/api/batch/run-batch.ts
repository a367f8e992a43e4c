import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { requireKept } from "../../http/content/store-text.ts";
import { statusOf } from "../../http/response/problem-response.ts";
import { json } from "../../http/response/response.ts";
import type { BatchStep } from "../../links/bulk/link-batch.ts";
import { parseLinkChangesJson, parseNewLinkJson } from "../../links/input/link-json.ts";
import type { Link } from "../../links/link.ts";
import type { ListedLink } from "../../links/links.ts";
import { PlannedLinks } from "../../links/target/planned-links.ts";
import { invalid, Problem, toProblem } from "../../problem.ts";
import { describeProblem } from "../api-problem.ts";
import { asNew, contextOf } from "../links/create-link.ts";
import { describeLink } from "../links/describe-link.ts";
import { refuseNulls } from "../request/body.ts";
import { requireUser } from "../request/caller.ts";
import { pointerOfField } from "../request/pointer.ts";
import type { Once } from "../request/repeated.ts";
import { text } from "../text.en.ts";
import { type Batch, type BatchOperation, type batchResults, fieldsOf } from "./batch-schema.ts";

type Result = z.input<typeof batchResults>["results"][number];

/** An operation that is ready to be carried out; `link` is what it changes. */
interface Prepared {
  readonly step: BatchStep;
  readonly link: ListedLink | null;
}

/** How long a batch may take. */
const SILENCE_SECONDS = 120;

/** Each costs tens of milliseconds, on purpose. */
const MOST_PASSWORDS = 20;

/** `POST /api/v1/links:batch` */
export async function runBatch(
  call: Call,
  { mode, operations }: Batch,
  once: Once,
): Promise<Response> {
  requireFewPasswords(operations);
  call.connection.allowSilence(call.request, SILENCE_SECONDS);
  const results =
    mode === "all" ? await runAll(call, operations, once) : await runEach(call, operations, once);
  return json({ results }, { call });
}

async function runAll(call: Call, operations: Batch["operations"], once: Once): Promise<Result[]> {
  const prepared: Prepared[] = [];
  const codes = new Set<string>();
  const planned = new PlannedLinks();
  for (const [at, operation] of operations.entries()) {
    const ready = await located(at, () =>
      prepare(call, operation, { once: keyOf(once, at), planned }),
    );
    const { link } = ready;
    if (link !== null && codes.has(link.shortCode))
      throw locate(invalid("link", text.batch.oneLinkTwice), at);
    if (link !== null) codes.add(link.shortCode);
    prepared.push(ready);
  }
  const steps = prepared.map(({ step }) => step);
  const links = await call.app.links.batch.run(call.actor, steps, locate);
  return prepared.map((each, at) => resultOf(call, each, links[at] ?? null));
}

/** Other writers get their turn between any two operations. */
async function runEach(call: Call, operations: Batch["operations"], once: Once): Promise<Result[]> {
  const results: Result[] = [];
  for (const [at, operation] of operations.entries())
    try {
      const prepared = await prepare(call, operation, { once: keyOf(once, at) });
      const [link = null] = await call.app.links.batch.run(call.actor, [prepared.step]);
      results.push(resultOf(call, prepared, link));
    } catch (thrown) {
      const problem = toProblem(thrown);
      // A fault of ours is logged and answered as such: with its key, the batch can be sent again.
      if (problem.code === "internal") throw thrown;
      const described = describeProblem(call, locate(problem, at));
      results.push({ status: statusOf[problem.code], problem: described });
    }
  return results;
}

/** What is known of the batch of an operation. */
interface InBatch {
  readonly once: Once;
  /** The operations before it, where all are run together. */
  readonly planned?: PlannedLinks;
}

async function prepare(
  call: Call,
  operation: BatchOperation,
  { once, planned }: InBatch,
): Promise<Prepared> {
  const { links } = call.app;
  const context = contextOf(call);
  if (operation.op === "create") {
    const { op: _, ...body } = operation;
    requireNoContent(body);
    refuseNulls(fieldsOf.create, body);
    const { input } = parseNewLinkJson(body, context);
    await links.circles.refuseNew(input, context.ownOrigins, planned);
    planned?.add(input);
    const creation = { ownerId: requireUser(call).id, ...once };
    return { step: { op: "create", creation, input }, link: null };
  }
  const found = await links.get(call.actor, operation.link);
  const { shortCode } = found;
  if (operation.op === "delete")
    return { step: { op: "delete", shortCode, revision: operation.revision }, link: found };
  const { op: _, link: __, ...body } = operation;
  requireNoContent(body);
  refuseNulls(fieldsOf.change, body);
  const { input: changes } = parseLinkChangesJson(body, found, context);
  await links.circles.refuseChanges(found, changes, context.ownOrigins, planned);
  planned?.addChanged(found, changes);
  await requireKept(call, found, changes.kind ?? found.kind, "kind");
  return { step: { op: "change", shortCode, changes }, link: found };
}

function resultOf(call: Call, { step, link: before }: Prepared, link: Link | null): Result {
  if (link === null) return { status: 204 };
  const listed = before === null ? asNew(link, requireUser(call)) : { ...before, ...link };
  return { status: step.op === "create" ? 201 : 200, link: describeLink(call, listed) };
}

/** Each link that is created has a key of its own. */
function keyOf(once: Once, at: number): Once {
  return once.key ? { ...once, key: `${once.key}:${at}` } : {};
}

function requireFewPasswords(operations: Batch["operations"]): void {
  const those = operations.filter((each) => "password" in each && each.password !== null);
  if (those.length <= MOST_PASSWORDS) return;
  throw invalid("operations", text.batch.tooManyPasswords(MOST_PASSWORDS));
}

function requireNoContent(body: object): void {
  for (const name of ["content", "find_if_exists"])
    if (name in body) throw invalid(name, text.batch.noContent);
}

async function located<Done>(at: number, work: () => Promise<Done>): Promise<Done> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof Problem ? locate(thrown, at) : thrown;
  }
}

/** The problem of an operation, with pointers into the whole body. */
function locate(problem: Problem, at: number): Problem {
  const place = `#/operations/${at}`;
  const entries = Object.entries(problem.fields).map(([field, message]): [string, string] => [
    place + pointerOfField(field).slice(1),
    message,
  ]);
  const { code, message, retryAfterSeconds, limit, scope, allow, current, cause } = problem;
  return new Problem(code, message, {
    fields: entries.length > 0 ? Object.fromEntries(entries) : { [place]: message },
    cause,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(limit !== undefined && { limit }),
    ...(scope !== undefined && { scope }),
    ...(allow !== undefined && { allow }),
    ...(current !== undefined && { current }),
  });
}
