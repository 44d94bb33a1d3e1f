import assert from "node:assert/strict";
import { fakeAck, type FakeReply, fakeTransport } from "../netlink/fake_netlink.ts";
import { ERRNO, NLM_F } from "../uapi/mod.ts";
import { NFNL_MSG, NFT_MSG } from "../uapi/nf_tables.ts";
import type { Message } from "../wire/mod.ts";
import { nftType } from "./messages.ts";
import { netfilterOver } from "./netfilter.ts";

/** A kernel that acknowledges what asks for it, with the errno that `errnoOf` gives. */
function kernel(errnoOf: (request: Message, i: number) => number) {
  const requests: Message[] = [];
  const netfilter = netfilterOver(fakeTransport((request): FakeReply[][] => {
    requests.push(request);
    const errno = errnoOf(request, requests.length - 1);
    return (request.flags & NLM_F.ACK) === 0 && errno === 0 ? [] : [[fakeAck(request, { errno })]];
  }));
  return { netfilter, requests };
}

Deno.test("markConnections() is one transaction; rules are appended", () => {
  const { netfilter, requests } = kernel(() => 0);
  netfilter.markConnections([4], { link: "veth0", mark: 1 });
  const { NEWTABLE, DELTABLE, NEWCHAIN, NEWRULE } = NFT_MSG;
  const inner = [NEWTABLE, DELTABLE, NEWTABLE, NEWCHAIN, NEWRULE, NEWRULE, NEWCHAIN, NEWRULE].map(nftType);
  assert.deepEqual(requests.map(({ type }) => type), [NFNL_MSG.BATCH_BEGIN, ...inner, NFNL_MSG.BATCH_END]);
  const rules = requests.filter(({ type }) => type === nftType(NEWRULE));
  assert.ok(rules.every(({ flags }) => (flags & NLM_F.APPEND) !== 0));
});

Deno.test("markConnections() names the message that was refused", () => {
  const { netfilter } = kernel((_, i) => i === 5 ? ERRNO.ENOENT : 0);
  assert.throws(() => netfilter.markConnections([6], { link: "veth0", mark: 1 }), {
    name: "NetlinkError",
    message: "Cannot change nf_tables rule of chain prerouting of IPv6: ENOENT",
  });
});

Deno.test("markConnections() does not wait for more when the whole transaction is refused", () => {
  const transport = fakeTransport((request) =>
    request.type === NFNL_MSG.BATCH_BEGIN ? [[fakeAck(request, { errno: ERRNO.EPERM })]] : []
  );
  assert.throws(() => netfilterOver(transport).markConnections([4], { link: "veth0", mark: 1 }), { code: "EPERM" });
});

Deno.test("unmarkConnections() takes a table that is not there for removed, and nothing else", () => {
  const gone = kernel(({ type }) => type === nftType(NFT_MSG.DELTABLE) ? ERRNO.ENOENT : 0);
  gone.netfilter.unmarkConnections([4, 6]);
  assert.equal(gone.requests.length, 6);
  const refused = kernel(({ type }) => type === nftType(NFT_MSG.DELTABLE) ? ERRNO.EPERM : 0);
  assert.throws(() => refused.netfilter.unmarkConnections([4]), { code: "EPERM" });
});
