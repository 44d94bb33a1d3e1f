import assert from "node:assert/strict";
import { KubeResponseError } from "../kube/errors.ts";
import type { RawWriter, ResourceReader } from "../kube/client_types.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { poolObject } from "./fake_pool_store.ts";
import { kubePoolStore } from "./kube_pool_store.ts";
import { poolStatusText } from "./pool_store.ts";

const write = { name: "p", resourceVersion: "7", allocatedIPs: "{}", allocatedIPCount: 0, totalIPCount: undefined };

const counts = [
  { name: "absent", totalIPCount: undefined, want: "" },
  { name: "a small one", totalIPCount: 253, want: ',"totalIPCount":253' },
  { name: "the largest safe one", totalIPCount: 2 ** 53 - 1, want: ',"totalIPCount":9007199254740991' },
  { name: "that of a /70", totalIPCount: 2 ** 58, want: ',"totalIPCount":288230376151711744' },
  {
    name: "upstream's ceiling",
    totalIPCount: JSON.parse("9223372036854775807"),
    want: ',"totalIPCount":9223372036854775807',
  },
];
for (const { name, totalIPCount, want } of counts) {
  Deno.test(`poolStatusText() writes the total count: ${name}`, () => {
    assert.equal(
      poolStatusText({ ...write, totalIPCount }),
      '{"apiVersion":"spiderpool.spidernet.io/v2beta1","kind":"SpiderIPPool",' +
        `"metadata":{"name":"p","resourceVersion":"7"},"status":{"allocatedIPs":"{}","allocatedIPCount":0${want}}}`,
    );
  });
}

Deno.test("poolStatusText() leaves the records out when there are none", () => {
  const body = JSON.parse(poolStatusText({ ...write, allocatedIPs: undefined, totalIPCount: 2 ** 60 }));
  assert.deepEqual(Object.keys(body.status), ["allocatedIPCount", "totalIPCount"]);
});

Deno.test("kubePoolStore() asks for the status subresource and gives the new resourceVersion", async () => {
  const asked: unknown[] = [];
  const store = kubePoolStore(client({ resourceVersion: "8", asked }));
  assert.equal(await store.writeStatus(write), "8");
  assert.equal(await store.version("p"), "8");
  assert.equal((await store.read("p")).metadata.name, "p");
  assert.deepEqual(asked, [["PUT", { name: "p" }, poolStatusText(write), { subresource: "status" }], ["HEAD", {
    name: "p",
  }], ["GET", {
    name: "p",
  }]]);
});

for (const call of ["read", "version", "writeStatus"] as const) {
  Deno.test(`kubePoolStore().${call}() refuses an answer without resourceVersion: the next write would not be fenced`, async () => {
    const store = kubePoolStore(client({ resourceVersion: "", asked: [] }));
    await assert.rejects(call === "writeStatus" ? store.writeStatus(write) : store[call]("p"), KubeResponseError);
  });
}

function client({ resourceVersion, asked }: { resourceVersion: string; asked: unknown[] }) {
  const pool = poolObject({}, { resourceVersion });
  const metadata = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: pool.metadata } as const;
  const calls: Partial<ResourceReader<SpiderIPPool> & RawWriter<SpiderIPPool>> = {
    get: (...args) => (asked.push(["GET", ...args]), Promise.resolve(pool)),
    getMetadata: (...args) => (asked.push(["HEAD", ...args]), Promise.resolve(metadata)),
    replaceRawForMetadata: (...args) => (asked.push(["PUT", ...args]), Promise.resolve(metadata)),
  };
  return calls as ResourceReader<SpiderIPPool> & RawWriter<SpiderIPPool>; // the store asks for nothing else
}
