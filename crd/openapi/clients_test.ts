import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { spiderClients, type SpiderIPPool } from "../generated/mod.ts";
import type { KubeRequest, KubeTransport } from "../kube/contract.ts";

const pool: SpiderIPPool = {
  apiVersion: "spiderpool.spidernet.io/v2beta1",
  kind: "SpiderIPPool",
  metadata: { name: "rack7-v4", resourceVersion: "7" },
  spec: { ipVersion: 4, subnet: "10.20.0.0/24", routes: [{ dst: "10.30.0.0/16", gw: "10.20.0.9" }] },
};

const group = "/apis/spiderpool.spidernet.io/v2beta1";

Deno.test("spiderClients() makes one client per Kind, each with its path", async () => {
  const paths: string[] = [];
  const clients = spiderClients(answering({ metadata: { resourceVersion: "1" }, items: [] }, paths), {
    clock: new FakeClock(),
  });
  for (const client of Object.values(clients)) await client.list();
  assert.deepEqual(paths.sort(), [
    `GET ${group}/spidercoordinators`,
    `GET ${group}/spiderendpoints`,
    `GET ${group}/spiderippools`,
    `GET ${group}/spidermultusconfigs`,
    `GET ${group}/spiderreservedips`,
    `GET ${group}/spidersubnets`,
  ]);
});

Deno.test("spiderClients() writes the status of a pool through its subresource", async () => {
  const paths: string[] = [];
  const { spiderIPPools } = spiderClients(answering(pool, paths), { clock: new FakeClock() });
  assert.deepEqual(await spiderIPPools.updateStatus(pool), pool);
  assert.deepEqual(paths, [`PUT ${group}/spiderippools/rack7-v4/status`]);
});

/** A transport that answers everything with `value` and notes what it was asked in `paths`. */
function answering(value: unknown, paths: string[]): KubeTransport {
  return {
    request({ method, path }: KubeRequest) {
      paths.push(`${method} ${path}`);
      const { status, headers, body } = Response.json(value);
      return Promise.resolve({ status, headers, body });
    },
  };
}
