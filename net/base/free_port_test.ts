import assert from "node:assert/strict";
import { freePort, isFreePort } from "./free_port.ts";

Deno.test("freePort() gives another port each time, and none that the kernel may give others by itself", () => {
  const ports = Array.from({ length: 50 }, () => freePort());
  assert.equal(new Set(ports).size, 50);
  assert.ok(ports.every((port) => port >= 15_000 && port < 30_000), ports.join());
});

Deno.test("isFreePort() says no to a port that is taken on one address", () => {
  using taken = Deno.listen({ hostname: "127.0.0.2", port: 0 });
  assert.equal(isFreePort(taken.addr.port), false);
});
