import { intlLocale } from "../../text/language.ts";
import { text as shared } from "../../text/text.en.ts";
import { text } from "./text.en.ts";

/** What assets/upload.js says, for its `data-texts`; it fills in `{places}`, and writes sizes as the server does. */
export function uploadTexts(): string {
  const { KB, MB, GB, TB } = shared.size;
  const sizes = [KB, MB, GB, TB].map((size) => size("{size}"));
  return JSON.stringify({ locale: intlLocale(), sizes, ...messages() });
}

function messages() {
  const { connectionLost, refusedByProxy, oneFile, chosen, sending, cancelled } = text.upload;
  const { saving, share, pace, pause, resume, paused, waiting } = text.upload;
  return {
    connectionLost,
    refusedByProxy,
    oneFile,
    chosen,
    sending,
    cancelled,
    saving,
    share,
    pace,
    pause,
    resume,
    paused,
    waiting,
  };
}
