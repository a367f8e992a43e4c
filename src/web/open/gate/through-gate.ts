import type { Call } from "../../../http/call.ts";
import { passCookie, readPass } from "../../../http/request/cookies.ts";
import type { Opening } from "../../../links/cached-link.ts";
import { PASS_SECONDS, type PassBinding } from "../../../links/gate/gate-passes.ts";
import type { Gate } from "../../../links/gate/gates.ts";
import { statusOf } from "../../../links/link.ts";
import { networkOf } from "../../../os/ip-network.ts";
import { isFetchedAhead, isSentByBot, isSentByCommandLine } from "../../../visits/visit.ts";
import { openFallback } from "../fallback.ts";
import { type FoundLink, noLink, refuseUnlessLive } from "../live-link.ts";
import { isAskedByViewer } from "../open-file.ts";
import { recordVisit } from "../record-visit.ts";
import { text } from "../text.en.ts";
import { askForPassword, type LockedPage } from "./locked-page.tsx";
import { presentedPassword } from "./presented-password.ts";
import { titlePage } from "./title-page.tsx";

/**
 * Answers with `answer` where the link's gate lets the client through: at once without a gate, else after its password
 * and with one of its visits. What the link holds shows in nothing else.
 */
export async function throughGate(
  call: Call,
  { opening }: FoundLink,
  page: LockedPage,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { app, client } = call;
  if (!opening.isGated || statusOf(opening, app.clock()) !== "live") return await answer();
  app.limits.takeOpening(client.address);
  const gate = await app.links.gates.find(opening.id);
  if (gate === null) throw noLink();
  const unlocked = await unlock(call, opening, gate);
  if (typeof unlocked === "string") return await askForPassword(call, page, unlocked);
  const passes = [...unlocked.passes];
  if (gate.visitsLeft !== null && !isContinued(call, opening, page)) {
    const other = await enter(call, opening, { gate, isProven: unlocked.isProven });
    if (other instanceof Response) return other;
    passes.push(...other);
  }
  const response = await answer();
  tellVisitsLeft(response, opening, gate, passes.length > unlocked.passes.length);
  for (const pass of passes) response.headers.append("set-cookie", cookieOf(call, pass));
  return response;
}

/** As transfer.sh says it of a file. */
function tellVisitsLeft(
  { headers }: Response,
  { kind }: Opening,
  { visitsLeft }: Gate,
  isUsed: boolean,
): void {
  if (kind !== "file" || visitsLeft === null) return;
  headers.set("x-remaining-downloads", String(Math.max(0, visitsLeft - (isUsed ? 1 : 0))));
}

/**
 * Whether a visitor has to open a gated link at its own address first: what else is asked of it would say what it is, or
 * take a visit for an answer that is not the link.
 */
export async function mustOpenFirst(call: Call, { opening }: FoundLink): Promise<boolean> {
  if (!opening.isGated || statusOf(opening, call.app.clock()) !== "live") return false;
  return presentedPassword(call.request) === null && !(await hasPassed(call, opening));
}

/** Whether a request has passed the gate of a link before: to load what its page consists of. */
export async function hasPassed(call: Call, opening: Opening): Promise<boolean> {
  if (!opening.isGated) return true;
  const gate = await call.app.links.gates.find(opening.id);
  if (gate === null) return false;
  if (gate.passwordHash !== "" && !holds(call, unlockPass(opening, gate))) return false;
  return gate.visitsLeft === null || holds(call, visitPass(call, opening));
}

/** The cookie of a new pass. */
export function cookieOf(call: Call, binding: PassBinding): string {
  const { passes } = call.app.links.gates;
  const name = passes.nameOf(binding.kind, binding.linkId);
  return passCookie(call, { name, pass: passes.issue(binding), seconds: PASS_SECONDS });
}

/** A pass that ends with the password. */
export function unlockPass({ id }: Pick<Opening, "id">, { passwordHash }: Gate): PassBinding {
  return { kind: "unlock", linkId: id, holder: passwordHash };
}

/**
 * Whether a client has typed the password of a link.
 * @throws Problem `too_many`
 */
export async function isPassword(
  { app, client }: Call,
  { id: linkId }: Opening,
  { passwordHash: hash }: Gate,
  typed: string,
): Promise<boolean> {
  return await app.links.gates.isPassword({ linkId, hash }, typed, networkOf(client.address));
}

function visitPass({ request }: Call, { id }: Opening): PassBinding {
  return { kind: "visit", linkId: id, holder: request.headers.get("user-agent") ?? "" };
}

function holds(call: Call, binding: PassBinding): boolean {
  const { passes } = call.app.links.gates;
  return passes.accepts(readPass(call, passes.nameOf(binding.kind, binding.linkId)), binding);
}

interface Unlocked {
  /** Whether the request proves by a password that a person means it, whatever its user agent says. */
  readonly isProven: boolean;
  readonly passes: readonly PassBinding[];
}

/** A text: why the link asks for a password first. */
async function unlock(call: Call, opening: Opening, gate: Gate): Promise<Unlocked | string> {
  if (gate.passwordHash === "") return { isProven: false, passes: [] };
  const pass = unlockPass(opening, gate);
  if (holds(call, pass)) return { isProven: true, passes: [] };
  const password = presentedPassword(call.request);
  if (password === null) return text.gate.explanation;
  if (!(await isPassword(call, opening, gate, password))) return text.gate.wrong;
  return { isProven: true, passes: [pass] };
}

/**
 * Whether a request goes on with a visit that was taken: a part of a file, what the viewer's page shows, or one of the
 * files of a link that has several.
 */
function isContinued(call: Call, opening: Opening, page: LockedPage): boolean {
  if (opening.kind !== "file" && page !== "part") return false;
  if (!holds(call, visitPass(call, opening))) return false;
  if (page === "part") return true;
  const { request } = call;
  return request.method === "HEAD" || request.headers.has("range") || isAskedByViewer(call);
}

/** Whether a robot looks at a link. A person downloads files by curl, too. */
function isPreviewed(request: Request, { kind }: Opening): boolean {
  return isSentByBot(request) && !(kind === "file" && isSentByCommandLine(request));
}

/** Takes a visit, and returns its pass; or the answer to a request that gets none. */
async function enter(
  call: Call,
  opening: Opening,
  { gate, isProven }: { readonly gate: Gate; readonly isProven: boolean },
): Promise<Response | PassBinding[]> {
  const { app, request } = call;
  if (gate.visitsLeft === 0) return await limitReached(call, opening);
  if (isFetchedAhead(request) || (!isProven && isPreviewed(request, opening))) {
    if (request.method === "GET") recordVisit(call, opening, app.clock());
    return await titlePage(call, opening);
  }
  // A HEAD of a file says what a download would be, and uses nothing up; of others it would show what they open.
  if (request.method !== "GET")
    return opening.kind === "file" ? [] : await titlePage(call, opening);
  if (!(await app.links.gates.takeVisit(opening.id))) return await limitReached(call, opening);
  return opening.kind === "redirect" ? [] : [visitPass(call, opening)];
}

async function limitReached(call: Call, opening: Opening): Promise<Response> {
  const elsewhere = await openFallback(call, opening, "limit_reached");
  if (elsewhere !== null) return elsewhere;
  refuseUnlessLive(call.app, opening, "limit_reached");
  throw noLink();
}
