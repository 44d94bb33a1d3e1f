import assert from "node:assert/strict";
import { readHexFixture } from "../../tests/shared/hex_fixture.ts";
import { parsePrefix } from "../ip/mod.ts";
import { linkPayload, routePayload } from "../route/mod.ts";
import { ERRNO, type ErrnoCode, NLM_F, RTM } from "../uapi/mod.ts";
import { decodeMessages, type Message } from "../wire/mod.ts";
import { isNetlinkError, unlessNetlinkError } from "./error.ts";
import { fakeAck, fakeDone, fakeTransport } from "./fake_netlink.ts";
import { type RouteNetlink, routeNetlinkOver } from "./route_netlink.ts";

const place = { what: "request", offset: 0 };

function fixture(name: string): Message {
  const [message] = decodeMessages(readHexFixture(`netlink/${name}`));
  assert.ok(message !== undefined);
  return message;
}

/** Netlink that answers each list with `messages`, everything else with `errno`, and notes the requests. */
function fake({ messages = [], errno = 0 }: { messages?: readonly Message[]; errno?: number }) {
  const requests: Message[] = [];
  const nl = routeNetlinkOver(fakeTransport((request) => {
    requests.push(request);
    if (errno !== 0 || (request.flags & NLM_F.DUMP) !== NLM_F.DUMP) return [[fakeAck(request, { errno })]];
    return [[...messages.map(({ type, payload }) => ({ type, payload })), fakeDone()]];
  }));
  return { nl, requests };
}

Deno.test("routes() gives table main only, and of old kernels that send all too", () => {
  const messages = [fixture("route_ipv4_default"), fixture("route_ipv4_table")];
  const tables = (table?: number | "all") =>
    fake({ messages }).nl.routes({ family: 4, table }).map((route) => route.table);
  assert.deepEqual([tables(), tables(500), tables(7), tables("all")], [[254], [500], [], [254, 500]]);
});

Deno.test("routes() finds the next hops of a link", () => {
  const { nl } = fake({ messages: [fixture("route_ipv4_multipath"), fixture("route_ipv4_default")] });
  assert.deepEqual([4, 5, 6].map((index) => nl.routes({ family: 4, index }).length), [2, 1, 0]);
});

Deno.test("routes() leaves cached ones out", () => {
  const message = fixture("route_ipv4_default");
  const { header, attributes } = routePayload.decode(message.payload, place);
  const cached = { ...message, payload: routePayload.encode({ header: { ...header, flags: 0x200 }, attributes }) };
  assert.equal(fake({ messages: [message, cached] }).nl.routes({ family: 4 }).length, 1);
});

Deno.test("routes() of a table that does not exist are none", () => {
  assert.deepEqual(fake({ errno: ERRNO.ENOENT }).nl.routes({ table: 77 }), []);
});

/** A kernel that refuses to choose with `code`, and sends `messages` where it is not asked to. */
function fakeWithoutFilters(messages: readonly Message[], code: ErrnoCode) {
  const requests: Message[] = [];
  const nl = routeNetlinkOver(fakeTransport((request) => {
    requests.push(request);
    const isWhole = requests.length % 2 === 0;
    return isWhole
      ? [[...messages.map(({ type, payload }) => ({ type, payload })), fakeDone()]]
      : [[fakeAck(request, { errno: ERRNO[code] })]];
  }));
  return { nl, requests };
}

for (const code of ["EINVAL", "EOPNOTSUPP"] as const) {
  Deno.test(`lists are asked for whole, and filtered here, where the kernel refuses to choose with ${code}`, () => {
    const routes = fakeWithoutFilters([fixture("route_ipv4_default"), fixture("route_ipv4_table")], code);
    assert.deepEqual(routes.nl.routes({ family: 4, table: 500 }).map(({ table }) => table), [500]);
    const asked = routes.requests.map(({ payload }) => routePayload.decode(payload, place).attributes);
    assert.deepEqual(asked, [{ table: 500 }, {}]);
    const neighbors = fakeWithoutFilters([fixture("neighbor_ipv4"), fixture("neighbor_ipv6")], code);
    assert.equal(neighbors.nl.neighbors({ index: 1 }).length, 0);
    const addresses = fakeWithoutFilters(["address_ipv4", "address_ipv4_peer", "address_ipv6"].map(fixture), code);
    assert.equal(addresses.nl.addresses({ index: 4 }).length, 2);
  });
}

Deno.test("lists that the kernel refuses for good are an error", () => {
  const { nl } = fake({ errno: ERRNO.EINVAL });
  assert.throws(() => nl.routes({ family: 4 }), { name: "NetlinkError", code: "EINVAL" });
  assert.throws(() => fake({ errno: ERRNO.EPERM }).nl.neighbors(), { code: "EPERM" });
});

Deno.test("addresses() filters where the kernel did not", () => {
  const { nl } = fake({ messages: ["address_ipv4", "address_ipv4_peer", "address_ipv6"].map(fixture) });
  assert.deepEqual(
    [{}, { index: 4 }, { index: 4, family: 6 as const }, { index: 9 }].map((filter) => nl.addresses(filter).length),
    [
      3,
      2,
      1,
      0,
    ],
  );
});

Deno.test("neighbors() leaves the forwarding table of bridges out", () => {
  const bridge = fixture("neighbor_ipv4");
  bridge.payload[0] = 7; // AF_BRIDGE
  const { nl } = fake({ messages: [fixture("neighbor_ipv4"), fixture("neighbor_ipv6"), bridge] });
  assert.equal(nl.neighbors().length, 2);
  assert.equal(nl.neighbors({ index: 1 }).length, 0);
});

const route = { destination: parsePrefix("10.0.0.0/8"), index: 1 };
const flags: readonly (readonly [name: string, call: (nl: RouteNetlink) => void, type: number, flags: number])[] = [
  ["addRoute", (nl) => nl.addRoute(route), RTM.NEWROUTE, NLM_F.CREATE | NLM_F.EXCL],
  ["replaceRoute", (nl) => nl.replaceRoute(route), RTM.NEWROUTE, NLM_F.CREATE | NLM_F.REPLACE],
  ["appendRoute", (nl) => nl.appendRoute(route), RTM.NEWROUTE, NLM_F.CREATE | NLM_F.APPEND],
  ["deleteRoute", (nl) => nl.deleteRoute(route), RTM.DELROUTE, 0],
  ["createBridge", (nl) => nl.createBridge({ name: "a" }), RTM.NEWLINK, NLM_F.CREATE | NLM_F.EXCL],
  ["setLinkUp", (nl) => nl.setLinkUp(1), RTM.SETLINK, 0],
  ["deleteLink", (nl) => nl.deleteLink(1), RTM.DELLINK, 0],
  ["addRule", (nl) => nl.addRule({ family: 4 }), RTM.NEWRULE, NLM_F.CREATE | NLM_F.EXCL],
  ["deleteRule", (nl) => nl.deleteRule({ family: 4 }), RTM.DELRULE, 0],
];
for (const [name, call, type, extra] of flags) {
  Deno.test(`${name}() is the same message with its own flags`, () => {
    const { nl, requests } = fake({});
    call(nl);
    const got = requests.map((request) => [request.type, request.flags]);
    assert.deepEqual(got, [[type, NLM_F.REQUEST | NLM_F.ACK | extra]]);
  });
}

Deno.test("createVeth() puts both ends where they belong", () => {
  const { nl, requests } = fake({});
  nl.createVeth({ name: "veth0", netns: { fd: 5 }, mtu: 1400, peer: { name: "host0", netns: { fd: 6 } } });
  const { attributes } = linkPayload.decode(requests[0]?.payload ?? new Uint8Array(0), place);
  assert.deepEqual([attributes.name, attributes.netnsFd, attributes.mtu], ["veth0", 5, 1400]);
  assert.deepEqual(attributes.info?.veth?.peer?.attributes, { name: "host0", netnsFd: 6 });
});

Deno.test("createVlan() is 802.1Q unless said otherwise", () => {
  const { nl, requests } = fake({});
  nl.createVlan({ name: "eth0.7", parentIndex: 2, id: 7 });
  const { attributes } = linkPayload.decode(requests[0]?.payload ?? new Uint8Array(0), place);
  assert.deepEqual(attributes, {
    name: "eth0.7",
    parentIndex: 2,
    info: { kind: "vlan", vlan: { id: 7, protocol: 0x8100 } },
  });
});

Deno.test("tryLinkByName() and deleteLinkByName() take ENODEV for absence and nothing else", () => {
  const gone = fake({ errno: ERRNO.ENODEV }).nl;
  assert.equal(gone.tryLinkByName("a"), undefined);
  assert.equal(gone.deleteLinkByName("a"), false);
  assert.equal(fake({}).nl.deleteLinkByName("a"), true);
  const refused = fake({ errno: ERRNO.EPERM }).nl;
  assert.throws(() => refused.tryLinkByName("a"), { code: "EPERM" });
  assert.throws(() => refused.deleteLinkByName("a"), { code: "EPERM" });
});

Deno.test("linkByName() refuses a name that cannot be one before asking", () => {
  const { nl, requests } = fake({});
  assert.throws(() => nl.linkByName("sixteen-bytes-ab"), RangeError);
  assert.equal(requests.length, 0);
});

Deno.test("unlessNetlinkError() lets other errors through", () => {
  assert.throws(() =>
    unlessNetlinkError(["ENOENT"], () => {
      throw new TypeError("other");
    }), TypeError);
  assert.equal(isNetlinkError(new Error("EEXIST"), "EEXIST"), false);
});
