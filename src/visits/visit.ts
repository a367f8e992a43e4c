/** Who opened a link: a person, a crawler, a chat or mail unfurling it, or a browser fetching ahead. */
export type VisitorClass = "human" | "bot" | "preview" | "prefetch";
