/** What the kernel answers, cut anywhere and with any bytes: an answer, or an error that says what is wrong; never anything else. */
import assert from "node:assert/strict";
import { below, fuzz, oneOf, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { readHexFixture } from "../../tests/shared/hex_fixture.ts";
import type { Random } from "../base/random.ts";
import { NLM_F, NLMSG } from "../uapi/mod.ts";
import { type Bytes, decodeMessages, encodeMessage, joinBytes, type Message, WireError } from "../wire/mod.ts";
import { DumpInterruptedError, NetlinkError } from "./error.ts";
import { fakeDone } from "./fake_netlink.ts";
import { type RouteNetlink, routeNetlinkOver } from "./route_netlink.ts";
import type { Transport } from "./transport.ts";

/** What a socket throws when no datagram comes in time. */
class NoMoreError extends Error {}

const clearErrors = [WireError, NetlinkError, DumpInterruptedError, NoMoreError];

/** A kernel that answers the first request with `datagrams`, and later ones with an empty list. */
function transportOf(datagrams: readonly Bytes[]): Transport {
  const waiting = [...datagrams];
  return {
    port: 4711,
    send(request) {
      const [{ sequence } = { sequence: 1 }] = decodeMessages(request);
      if (sequence > 1) waiting.push(datagramOf([], sequence));
    },
    receive() {
      const datagram = waiting.shift();
      if (datagram === undefined) throw new NoMoreError();
      return datagram;
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** An operation, and messages of the kind that answer it. */
interface Question {
  readonly ask: (nl: RouteNetlink) => unknown;
  readonly answers: readonly Message[];
}

const links = fixtures("link_bridge", "link_bridge_port", "link_loopback", "link_macvlan", "link_veth");
const addresses = fixtures("address_ipv4", "address_ipv4_peer", "address_ipv6", "address_ipv6_lifetime");
const neighbors = fixtures("neighbor_ipv4", "neighbor_ipv6");
const rules = fixtures("rule_ipv4_from", "rule_ipv4_mark", "rule_ipv6_to");
const routes = fixtures(
  "route_ipv4_default",
  "route_ipv4_multipath",
  "route_ipv4_table",
  "route_ipv4_unreachable",
  "route_ipv4_via_ipv6",
  "route_ipv6_default",
  "route_ipv6_table",
);
const questions: readonly Question[] = [
  { ask: (nl) => nl.links(), answers: links },
  { ask: (nl) => nl.linkByName("eth0"), answers: links },
  { ask: (nl) => nl.tryLinkByIndex(7), answers: links },
  { ask: (nl) => nl.addresses(), answers: addresses },
  { ask: (nl) => nl.routes({ table: "all" }), answers: routes },
  { ask: (nl) => nl.neighbors(), answers: neighbors },
  { ask: (nl) => nl.rules(), answers: rules },
  { ask: (nl) => nl.setLinkUp(7), answers: fixtures("ack_success", "ack_refused") },
];

function fixtures(...names: readonly string[]): Message[] {
  return names.flatMap((name) => decodeMessages(readHexFixture(`netlink/${name}`)));
}

/** The whole answer in one datagram. */
function datagramOf(answers: readonly Message[], sequence = 1): Bytes {
  const whole = { sequence, port: 4711, flags: NLM_F.MULTI };
  const messages = answers.map((message) => encodeMessage({ ...message, ...whole }));
  return joinBytes([...messages, encodeMessage({ ...whole, ...fakeDone() })]);
}

/** @returns what the question is answered with; `undefined` for an error that tells what is wrong */
function answerTo({ ask }: Question, datagrams: readonly Bytes[]): unknown {
  return returnsOrThrows(() => ask(routeNetlinkOver(transportOf(datagrams))), clearErrors);
}

Deno.test("answers that are whole are read", () => {
  for (const question of questions.slice(0, -1)) {
    const answer = answerTo(question, [datagramOf(question.answers)]);
    assert.notEqual(answer, undefined, question.ask.toString());
    if (Array.isArray(answer)) assert.notEqual(answer.length, 0, question.ask.toString());
  }
});

Deno.test("an answer that is cut anywhere is an error, not a shorter list", () => {
  for (const question of questions) {
    const datagram = datagramOf(question.answers.slice(0, 2));
    const end = datagramOf([]).length;
    for (let length = 0; length < datagram.length - end; length++) {
      const cut = datagram.slice(0, length);
      if (question.answers.some(({ type }) => type === NLMSG.ERROR)) answerTo(question, [cut]);
      else assert.equal(answerTo(question, [cut]), undefined, `${question.ask}: ${length} bytes`);
    }
  }
});

Deno.test("messages whose payload is cut anywhere are an error or an answer", () => {
  for (const question of questions) {
    for (const message of question.answers) {
      for (let length = 0; length < message.payload.length; length++) {
        answerTo(question, [datagramOf([{ ...message, payload: message.payload.slice(0, length) }])]);
      }
    }
  }
});

/** Some bytes of `datagram` replaced: by any, or by those that lengths and types trip over. */
function mutated(random: Random, datagram: Bytes): Bytes {
  const bytes = datagram.slice();
  for (let i = 1 + below(random, 6); i > 0; i--) {
    bytes[below(random, bytes.length)] = oneOf(random, [0, 1, 3, 4, 0x7f, 0x80, 0xff, below(random, 256)]);
  }
  return random() < 0.2 ? bytes.slice(0, below(random, bytes.length)) : bytes;
}

Deno.test("fuzz: answers with other bytes in some places", async () => {
  await fuzz((random) => {
    const question = oneOf(random, questions);
    return { question, datagrams: [mutated(random, datagramOf(question.answers)), datagramOf([])] };
  }, ({ question, datagrams }) => {
    answerTo(question, datagrams);
  });
});

Deno.test("fuzz: payloads of any bytes behind a header that is right", async () => {
  await fuzz((random) => {
    const question = oneOf(random, questions);
    const { type } = oneOf(random, question.answers);
    const payload = Uint8Array.from({ length: below(random, 100) }, () => below(random, random() < 0.5 ? 8 : 256));
    return { question, datagrams: [datagramOf([{ type, flags: 0, sequence: 1, port: 4711, payload }])] };
  }, ({ question, datagrams }) => {
    answerTo(question, datagrams);
  });
});
