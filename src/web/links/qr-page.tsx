/** @jsxImportSource #markup */

import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import type { ShortCode } from "../../links/short-code.ts";
import { DialogClose, DialogContent } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { show } from "../ui/layout/layout.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { text } from "./text.en.ts";

/** `GET /-/links/<code>/qr`: the QR code of a link and its downloads, which lists show in a dialog. */
export async function qrPage(call: Call): Promise<Response> {
  const { shortCode } = await call.app.links.get(call.actor, call.params.shortCode ?? "");
  const title = text.qrCode.alt(shortCode);
  return await show(
    call,
    { title },
    <DialogContent>
      <h1 class="h3 mb-4 name">{title}</h1>
      <QrCode shortCode={shortCode}>
        <DialogClose href={href("linkPage", { shortCode })} />
      </QrCode>
    </DialogContent>,
  );
}

interface QrCodeProps {
  readonly shortCode: ShortCode;
  /** Beside the downloads. */
  readonly children?: Child;
}

const PIXELS = 1024;

/** A QR code with its downloads. */
export function QrCode({ shortCode, children }: QrCodeProps) {
  const address = (format: "svg" | "png") => href("qr", { shortCode, format });
  return (
    <div class="qr">
      <img src={address("svg")} width="240" height="240" alt={text.qrCode.alt(shortCode)} />
      <div class="page-actions">
        <Download href={withQuery(address("svg"), { download: "1" })} format="SVG" />
        <Download
          href={withQuery(address("png"), { size: String(PIXELS), download: "1" })}
          format="PNG"
        />
        {children}
      </div>
    </div>
  );
}

function Download({ href: address, format }: { href: string; format: string }) {
  return (
    <a class="btn btn-sm btn-quiet" href={address} aria-label={text.qrCode.download(format)}>
      <Icon name="download" /> {format}
    </a>
  );
}
