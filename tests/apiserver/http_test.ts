import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { seededRandom } from "../../net/base/random.ts";
import { EmbeddedApi } from "./server.ts";

async function withServer(test: (url: string) => Promise<void>): Promise<void> {
  const served = await new EmbeddedApi({ clock: systemClock, random: seededRandom(1) }).serve();
  try {
    await test(served.url);
  } finally {
    await served.shutdown();
  }
}

Deno.test("serveHttp() answers health, version and discovery", async () => {
  await withServer(async (url) => {
    assert.equal(await (await fetch(`${url}/readyz`)).text(), "ok");
    assert.equal((await (await fetch(`${url}/version`)).json()).gitVersion, "v1.34.4");
    const legacy = await (await fetch(`${url}/api/v1`)).json();
    assert.equal(legacy.kind, "APIResourceList");
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    const aggregated = await fetch(`${url}/apis`, { headers: { accept } });
    assert.equal(aggregated.headers.get("content-type"), accept);
    assert.equal((await aggregated.json()).kind, "APIGroupDiscoveryList");
    const head = await fetch(`${url}/api/v1/pods`, { method: "OPTIONS" });
    assert.equal(head.status, 405);
    await head.body?.cancel();
  });
});

Deno.test("serveHttp() stops reading a body that is too long", async () => {
  await withServer(async (url) => {
    const response = await fetch(`${url}/api/v1/namespaces/default/configmaps`, {
      method: "POST",
      body: "x".repeat(4 * 1024 * 1024),
    });
    assert.equal(response.status, 413);
    await response.body?.cancel();
  });
});

Deno.test("serveHttp() ends open watches when it shuts down", async () => {
  const served = await new EmbeddedApi({ clock: systemClock, random: seededRandom(1) }).serve();
  const response = await fetch(`${served.url}/api/v1/pods?watch=true`);
  assert.equal(response.status, 200);
  const reading = response.text().catch(() => "broken");
  await served.shutdown();
  assert.ok(["broken", ""].includes(await reading));
});

Deno.test("serveHttp() notices that a watcher has gone", async () => {
  const api = new EmbeddedApi({ clock: systemClock, random: seededRandom(1) });
  const served = await api.serve();
  const controller = new AbortController();
  const response = await fetch(`${served.url}/api/v1/pods?watch=true`, { signal: controller.signal });
  const reading = response.text().catch(() => "aborted");
  controller.abort();
  assert.equal(await reading, "aborted");
  await served.shutdown();
});
