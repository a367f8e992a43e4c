/** @jsxImportSource hono/jsx */
import { type Entry, InputField, Radios } from "../../ui/post-form.tsx";

/** The values of `expiry`, each with its words. */
const choices = [
  ["never", "Never"],
  ["1h", "1 hour"],
  ["1d", "1 day"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["365d", "1 year"],
  ["span", "After..."],
  ["date", "On a date..."],
] as const;

/**
 * When a link stops working: one choice, and the field that two of the choices bring. The style sheet shows these
 * when they are meant, without a script.
 */
export function ExpiryFields({ entry, zone }: { entry: Entry; zone: string }) {
  const chosen = { ...entry, values: { ...entry.values, expiry: choiceIn(entry.values) } };
  return (
    <div class="expiry">
      <Radios entry={chosen} name="expiry" label="Stops working" options={choices} />
      <div class="expiry-span">
        <InputField
          entry={entry}
          name="expires_in"
          label="How long it works"
          help="Such as 2h or 7d, counted from now."
          autocomplete="off"
          autocapitalize="none"
        />
      </div>
      <div class="expiry-date">
        <InputField
          entry={entry}
          name="expiration_date"
          label="Date and time"
          help={`In the time zone ${zone}.`}
          type="datetime-local"
          max="9999-12-31T23:59"
        />
      </div>
    </div>
  );
}

/** The choice that the fields of a program, or of an address, amount to. */
function choiceIn({ expiry, expires_in = "", enable_expiration }: Entry["values"]): string {
  if (expiry !== undefined) return expiry;
  if (expires_in.trim() !== "") return "span";
  return enable_expiration === "on" ? "date" : "never";
}
