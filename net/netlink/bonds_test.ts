import assert from "node:assert/strict";
import { linkPayload } from "../route/mod.ts";
import { ERRNO, NLM_F, RTM } from "../uapi/mod.ts";
import type { Message } from "../wire/mod.ts";
import { fakeAck, fakeTransport } from "./fake_netlink.ts";
import { routeNetlinkOver } from "./route_netlink.ts";

/** Netlink that answers everything with `errno`, and notes the requests. */
function fake(errno: number = 0) {
  const requests: Message[] = [];
  const nl = routeNetlinkOver(fakeTransport((request) => {
    requests.push(request);
    return [[fakeAck(request, { errno })]];
  }));
  return { nl, requests };
}

function sent([request]: readonly Message[]) {
  assert.ok(request !== undefined);
  const { header, attributes } = linkPayload.decode(request.payload, { what: "request", offset: 0 });
  return { type: request.type, flags: request.flags, index: header.index, attributes };
}

Deno.test("createBond() makes a link of kind bond, and no other than a new one", () => {
  const { nl, requests } = fake();
  nl.createBond({ name: "bond7", mtu: 9000, bond: { mode: 4, miimon: 100 } });
  assert.deepEqual(sent(requests), {
    type: RTM.NEWLINK,
    flags: NLM_F.REQUEST | NLM_F.ACK | NLM_F.CREATE | NLM_F.EXCL,
    index: 0,
    attributes: { name: "bond7", mtu: 9000, info: { kind: "bond", bond: { mode: 4, miimon: 100 } } },
  });
});

Deno.test("changeBond() changes a bond, and makes none", () => {
  const { nl, requests } = fake();
  nl.changeBond(7, { activeSlave: 3 });
  assert.deepEqual(sent(requests), {
    type: RTM.NEWLINK,
    flags: NLM_F.REQUEST | NLM_F.ACK,
    index: 7,
    attributes: { info: { kind: "bond", bond: { activeSlave: 3 } } },
  });
});

Deno.test("createBond() and changeBond() say what was refused", () => {
  const { nl } = fake(ERRNO.EINVAL);
  const created = { message: 'Cannot create bond link "bond7": EINVAL', code: "EINVAL" };
  assert.throws(() => nl.createBond({ name: "bond7", bond: {} }), created);
  const changed = { message: "Cannot change bond with index 7 (activeSlave): EINVAL" };
  assert.throws(() => nl.changeBond(7, { activeSlave: 3 }), changed);
});
