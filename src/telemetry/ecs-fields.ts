import { type AddressForm, loggedAddress } from "../os/ip-network.ts";

/** Fields of a log line besides its message, by our own short names. */
export type Facts = Readonly<Record<string, unknown>>;

/** Our names that the Elastic Common Schema has a name for. Others get `trunk8.` before them. */
const names: Readonly<Record<string, string>> = {
  requestId: "http.request.id",
  method: "http.request.method",
  status: "http.response.status_code",
  path: "url.path",
  account: "user.name",
  owner: "user.name",
  pid: "process.pid",
  code: "error.code",
  node: "service.node.name",
};

const NANOSECONDS_A_MS = 1_000_000;

/** Longer texts are cut: a line must stay whole in pipes and log drivers, which cut at 16 KB. */
const LONGEST = 4000;

/** Facts under the names of the Elastic Common Schema 8. */
export function ecsFields(facts: Facts, form: AddressForm): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined && value !== null) addField(fields, name, value, form);
  }
  return fields;
}

function addField(
  fields: Record<string, unknown>,
  name: string,
  value: unknown,
  form: AddressForm,
): void {
  switch (name) {
    case "err":
      Object.assign(fields, errorFields(value));
      return;
    case "address": {
      const written = loggedAddress(String(value), form);
      if (written !== null) fields["client.address"] = shortened(written);
      return;
    }
    case "tookMs":
      fields["event.duration"] = Math.round(Number(value) * NANOSECONDS_A_MS);
      return;
    default:
      fields[names[name] ?? `trunk8.${name}`] = shortened(value);
  }
}

function errorFields(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { "error.message": shortened(String(thrown)) };
  const { name, message, stack, cause } = thrown;
  return {
    "error.type": name,
    "error.message": shortened(message),
    "error.stack_trace": shortened(stack ?? ""),
    ...(cause !== undefined && { "trunk8.cause": shortened(String(cause)) }),
  };
}

function shortened(value: unknown): unknown {
  if (typeof value !== "string" || value.length <= LONGEST) return value;
  return `${value.slice(0, LONGEST)}... (${value.length} characters)`;
}
