import assert from "node:assert/strict";
import { hostVethName } from "./names.ts";

const cases = [
  { name: "of 8 characters", containerId: "5f1c9a7b", want: "veth5f1c9a7b" },
  { name: "of 64 characters", containerId: "5f1c9a7be20d44aa".repeat(4), want: "veth5f1c9a7be20" },
];
for (const { name, containerId, want } of cases) {
  Deno.test(`plugins row 68: the node's veth of a container ID ${name}`, () => {
    assert.equal(hostVethName(containerId), want);
    assert.ok(want.length <= 15, "IFNAMSIZ");
  });
}
