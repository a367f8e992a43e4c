/** The least that Bun.serve can do, to show what the runtime itself costs. Argument: the port. */
Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch: () =>
    new Response(null, {
      status: 302,
      headers: { location: "https://www.shop.example/products/1" },
    }),
});
