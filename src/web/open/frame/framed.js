/* In a page of a user that is in our frame (page-frame.js): links and forms leave the frame. */
(() => {
  const hasBase = () => document.querySelector("base[target]") !== null;
  const isElsewhere = (url) => url.split("#")[0] !== location.href.split("#")[0];

  const lend = (element) => {
    element.target = "_top";
    setTimeout(() => element.removeAttribute("target"));
  };

  let clicked = null;
  addEventListener("click", ({ target }) => (clicked = target), { capture: true });

  addEventListener("click", (event) => {
    const link = event.composedPath().find((each) => each.matches?.("a[href], area[href]"));
    if (event.defaultPrevented || link === undefined || hasBase() || link.download) return;
    if (link.target === "" && isElsewhere(link.href)) lend(link);
  });

  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || hasBase() || form.method === "dialog") return;
    if (form.getAttribute("target") === null && !event.submitter?.formTarget) lend(form);
  });

  const describe = () => {
    const height = document.documentElement.scrollHeight;
    parent.postMessage({ title: document.title, height }, "*");
  };
  const addressesIn = (element) => [
    ...new Set(
      element?.outerHTML
        .replaceAll("&amp;", "&")
        .match(/https?:\/\/[^\s"'`<>\\]+/g)
        ?.slice(0, 1000),
    ),
  ];
  addEventListener("beforeunload", () => {
    const inPage = addressesIn(document.documentElement);
    parent.postMessage({ inPage, inClicked: addressesIn(clicked) }, "*");
  });

  const title = document.querySelector("title");
  if (title !== null) new MutationObserver(describe).observe(title, { childList: true });
  new ResizeObserver(describe).observe(document.documentElement);
  describe();
})();
