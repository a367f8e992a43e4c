/* Shows a user's HTML page in a frame, so that its scripts cannot change the address bar. */

const template = document.querySelector("template");
const frame = template.content.querySelector("iframe");
const path = frame.getAttribute("src");

/** Where the page is for others: a link in it was opened by the address that it has in the frame. */
const { address } = document.documentElement.dataset;
if (address) history.replaceState(null, "", address + location.hash);

frame.src = path + location.hash;
template.replaceWith(frame);
frame.focus();

addEventListener("hashchange", () => {
  frame.src = path + location.hash;
});

/** Addresses in the page, and in what was clicked there last, when it went on; `listen` is called when they arrive. */
let addresses = null;
let listen = () => {};

/* What the page says of itself (web/open/frame/framed.js), or where it went within the site. */
addEventListener("message", ({ source, origin, data }) => {
  if (data === null || typeof data !== "object") return;
  const { title, height, destination, inPage, inClicked } = data;
  // A page that went on may be gone when its last message arrives, which then has no source.
  const isOfPage = source === frame.contentWindow || (source === null && origin === "null");
  if (isOfPage && Array.isArray(inPage) && Array.isArray(inClicked)) {
    addresses = { inPage, inClicked };
    listen();
  }
  if (source !== frame.contentWindow) return;
  if (typeof title === "string" && title.trim() !== "") document.title = title;
  if (height > 0) frame.style.setProperty("--page-height", `${Number(height)}px`);
  if (typeof destination === "string") goTo(destination);
});

const LAST_MESSAGE_MS = 500;

/** What the page said when it went on: where the browser delivers it late, it is waited for. */
async function takeAddresses() {
  if (addresses === null) {
    await new Promise((resolve) => {
      listen = resolve;
      setTimeout(resolve, LAST_MESSAGE_MS);
    });
  }
  const taken = addresses ?? { inPage: [], inClicked: [] };
  addresses = null;
  return taken;
}

/*
 * The policy of this page forbids another site in the frame, where a script or a refresh of the page went. The browser
 * only says which site; which of its addresses it was, the page does.
 */
document.addEventListener("securitypolicyviolation", async ({ effectiveDirective, blockedURI }) => {
  if (effectiveDirective !== "frame-src") return;
  const { inPage, inClicked } = await takeAddresses();
  const origin = URL.parse(blockedURI)?.origin;
  const isThere = (address) => URL.parse(address)?.origin === origin;
  const clicked = inClicked.filter(isThere);
  const found = clicked.length > 0 ? clicked : inPage.filter(isThere);
  if (found.length === 1) goTo(found[0]);
  else offer(found.length > 0 ? found : [blockedURI]);
});

/* To another site only by a click: of the visitor on the page just now, or on the link that is offered. */
function goTo(destination) {
  const url = URL.parse(destination);
  if (url === null || !isWeb(url)) return;
  if (url.origin === location.origin || navigator.userActivation?.isActive) location.assign(url);
  else offer([destination]);
}

function isWeb(url) {
  return url.protocol === "http:" || url.protocol === "https:";
}

const MOST_OFFERED = 10;

function offer(destinations) {
  const box = document.querySelector("[data-continue]");
  const urls = destinations.map((each) => URL.parse(each)).filter((url) => url && isWeb(url));
  const links = urls.slice(0, MOST_OFFERED).map(({ href }) => {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = href;
    return link;
  });
  box.querySelector("span").replaceChildren(...links.flatMap((link) => [link, " "]));
  box.hidden = links.length === 0;
}
