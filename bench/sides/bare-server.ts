/** The smallest server with Bun.serve, to measure the runtime itself. Argument: the port. */
Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch: () =>
    new Response(null, {
      status: 302,
      headers: { location: "https://www.shop.example/products/1" },
    }),
});
