/**
 * The smallest server with Bun.serve, to measure the runtime itself: it reads the headers of a request that a redirect
 * reads, and sends the same ones. Argument: the port.
 */
Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch: ({ headers }) => {
    for (const name of ["host", "user-agent", "referer"]) headers.get(name);
    return new Response(null, {
      status: 302,
      headers: {
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
        "x-robots-tag": "noindex",
        "cache-control": "no-cache",
        location: "https://www.shop.example/products/1",
      },
    });
  },
});
