/** @jsxImportSource #markup */
import { type Entry, InputField, Radios } from "../../ui/post-form.tsx";
import { text } from "./text.en.ts";

/** The values of `expiry` with their labels. */
function choices() {
  const { never, hour, day, week, month, year, span, date } = text.expiry;
  return [
    ["never", never],
    ["1h", hour],
    ["1d", day],
    ["7d", week],
    ["30d", month],
    ["365d", year],
    ["span", span],
    ["date", date],
  ] as const;
}

/**
 * When a link expires: one choice, and a field for two of the choices, which the style sheet shows with them, without a
 * script.
 */
export function ExpiryFields({ entry, zone }: { entry: Entry; zone: string }) {
  const chosen = { ...entry, values: { ...entry.values, expiry: choiceIn(entry.values) } };
  return (
    <div class="expiry">
      <Radios entry={chosen} name="expiry" label={text.expiry.label} options={choices()} />
      <div class="expiry-span">
        <InputField
          entry={entry}
          name="expires_in"
          label={text.expiry.spanLabel}
          help={text.expiry.spanHelp}
          autocomplete="off"
          autocapitalize="none"
        />
      </div>
      <div class="expiry-date">
        <InputField
          entry={entry}
          name="expiration_date"
          label={text.expiry.dateLabel}
          help={text.expiry.dateHelp(zone)}
          type="datetime-local"
          max="9999-12-31T23:59"
        />
      </div>
    </div>
  );
}

/** The choice that the fields of a program or of a URL amount to. */
function choiceIn({ expiry, expires_in = "", enable_expiration }: Entry["values"]): string {
  if (expiry !== undefined) return expiry;
  if (expires_in.trim() !== "") return "span";
  return enable_expiration === "on" ? "date" : "never";
}
