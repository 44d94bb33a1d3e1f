import assert from "node:assert/strict";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { KubeApiError } from "../../crd/kube/errors.ts";
import type { AgentReads } from "./clients.ts";
import { endpointsThat } from "./gc_list.ts";

function endpointOf(name: string): SpiderEndpoint {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderEndpoint", metadata: { name } };
}

/** Three pages; the first `forgotten` lists lose their history on the way. */
function readerOf(forgotten: number) {
  const tokens: (string | undefined)[] = [];
  const pages = [["a1", "b1"], ["a2"], ["b3", "a3"]];
  const list = ({ continue: token }: { continue?: string } = {}) => {
    tokens.push(token);
    const at = Number(token ?? 0);
    if (at === 1 && tokens.filter((known) => known === "1").length <= forgotten) {
      return Promise.reject(new KubeApiError({ request: "GET x", status: 410, reason: "Expired", message: "too old" }));
    }
    const more = at + 1 < pages.length ? { continue: String(at + 1) } : {};
    return Promise.resolve({ items: pages[at]!.map(endpointOf), resourceVersion: "1", ...more });
  };
  return { reads: { endpoints: { list } as unknown as AgentReads["endpoints"] }, tokens }; // nothing else is called
}

const cases = [
  { name: "reads all pages and keeps what is wanted", forgotten: 0, tokens: [undefined, "1", "2"] },
  {
    name: "begins again when the server has forgotten",
    forgotten: 2,
    tokens: [undefined, "1", undefined, "1", undefined, "1", "2"],
  },
];
for (const { name, forgotten, tokens } of cases) {
  Deno.test(`endpointsThat() ${name}`, async () => {
    const reader = readerOf(forgotten);
    const found = await endpointsThat(
      ({ metadata }) => metadata.name.startsWith("a"),
      reader.reads,
      new AbortController().signal,
    );
    assert.deepEqual(found.map(({ metadata }) => metadata.name), ["a1", "a2", "a3"]);
    assert.deepEqual(reader.tokens, tokens);
  });
}

Deno.test("endpointsThat() gives up when the server goes on forgetting", async () => {
  const reader = readerOf(9);
  await assert.rejects(endpointsThat(() => true, reader.reads, new AbortController().signal), KubeApiError);
  assert.equal(reader.tokens.length, 6);
});
