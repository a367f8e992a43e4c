import { z } from "zod";
import { qrRanges, qrTypes } from "../../http/qr/draw-qr.ts";
import { CHANGE_LINKS, SEE_LINKS } from "../key-needs.ts";
import { type Answer, operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { anyBytes } from "../request/raw-body.ts";
import { addAlias, removeAlias } from "./link-aliases.ts";
import { readContent, replaceContent } from "./link-content.ts";
import { linkAnswer } from "./link-operations.ts";
import { drawLinkQr } from "./link-qr.ts";
import { transferLink } from "./transfer-link.ts";

const inRange = (name: keyof typeof qrRanges) => {
  const { least, most, usual } = qrRanges[name];
  return z.int().min(least).max(most).default(usual);
};

const qrQuery = z.strictObject({
  format: z.enum(["svg", "png"]).default("svg"),
  size: inRange("size").describe("Pixels along a side."),
  margin: inRange("margin").describe("Width of the white border, in modules."),
});

export const contentAnswers: Readonly<Record<number, Answer>> = {
  200: { doc: "The bytes, with their media type.", types: ["*/*"] },
  206: { doc: "The range that was asked for.", types: ["*/*"] },
  304: { doc: "It is as the request says." },
  416: { doc: "There is no such range." },
};

/** Operations on parts of a link. */
export const linkPartOperations = {
  apiContent: {
    GET: operation({
      name: "readContent",
      doc: "Read the bytes of a file, or the text of a page. It is no visit.",
      scopes: SEE_LINKS,
      answers: contentAnswers,
      problems: ["precondition_failed"],
      answer: readContent,
    }),
    PUT: operation({
      name: "replaceContent",
      doc: "Replace the bytes of a file, or the text of a page. The body is the bytes; `?name=` or `Content-Disposition` renames the file.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      query: z.strictObject({ name: z.string().min(1).optional() }),
      body: anyBytes,
      answers: { 200: linkAnswer },
      problems: ["conflict", "over_quota"],
      answer: (call, { query }) => replaceContent(call, query.name),
    }),
  },
  apiQr: {
    GET: operation({
      name: "readQr",
      doc: "QR code of the short URL.",
      scopes: SEE_LINKS,
      query: qrQuery,
      answers: { 200: { doc: "The image.", types: Object.values(qrTypes) } },
      answer: (call, { query }) => drawLinkQr(call, query),
    }),
  },
  apiAlias: {
    PUT: operation({
      name: "addAlias",
      doc: "Add an alias.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      answers: { 200: linkAnswer },
      problems: ["conflict"],
      answer: addAlias,
    }),
    DELETE: operation({
      name: "removeAlias",
      doc: "Remove an alias.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      answers: { 200: linkAnswer },
      problems: ["conflict"],
      answer: removeAlias,
    }),
  },
  apiTransfer: {
    POST: operation({
      name: "transferLink",
      doc: "Transfer a link to another owner. For administrators.",
      scopes: CHANGE_LINKS,
      body: jsonBody(
        z.strictObject({ to: z.string().describe("User name.") }).meta({ id: "LinkTransfer" }),
      ),
      answers: { 200: linkAnswer },
      problems: ["over_quota"],
      answer: (call, { body }) => transferLink(call, body.to),
    }),
  },
};
