import assert from "node:assert/strict";
import { conversationsOf } from "./conversations.ts";

Deno.test("conversationsOf() lets everybody ask all of its family but itself", () => {
  const askers = [
    { name: "a", netns: "/a", from: "10.0.0.1", isV6: false },
    { name: "a", netns: "/a", from: "fd00::1", isV6: true },
    { name: "node", netns: "/n", isV6: false },
  ];
  const targets = [
    { name: "a", address: "10.0.0.1" },
    { name: "b", address: "10.0.0.2" },
    { name: "b", address: "fd00::2" },
  ];
  const told = conversationsOf(askers, targets).map(({ asker, target }) =>
    `${asker.from ?? asker.name} ${target.address}`
  );
  assert.deepEqual(told, ["10.0.0.1 10.0.0.2", "fd00::1 fd00::2", "node 10.0.0.1", "node 10.0.0.2"]);
});
