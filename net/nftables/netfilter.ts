import type { Family } from "../ip/mod.ts";
import { Connection, NetlinkError, NetlinkSocket, type Transport, unlessNetlinkError } from "../netlink/mod.ts";
import { AF, NETLINK, NLM_F, NLMSG } from "../uapi/mod.ts";
import { NFNL_MSG, NFNL_SUBSYS, NFT_MSG } from "../uapi/nf_tables.ts";
import { decodeError, decodeMessages, encodeMessage, joinBytes, type Message } from "../wire/mod.ts";
import {
  type ConnectionMark,
  listRulesPayload,
  MARK_RULES,
  MARK_TABLE,
  markMessages,
  nfHeader,
  type NftMessage,
  nftType,
  unmarkMessages,
} from "./messages.ts";

/** Marking of connections in the netns of the socket. */
export interface Netfilter extends Disposable {
  /** Makes the rules, in place of what our table held: all or nothing. @throws {NetlinkError} */
  markConnections(families: readonly Family[], mark: ConnectionMark): void;
  /** Removes the rules; nothing there is fine. @throws {NetlinkError} */
  unmarkConnections(families: readonly Family[]): void;
  /** Whether the rules are there. @throws {NetlinkError} */
  marksConnections(family: Family): boolean;
}

/** Opens netlink for nf_tables in the netns this thread is in. @throws {SyscallError} where the kernel has none */
export function openNetfilter(): Netfilter {
  return netfilterOver(new NetlinkSocket({ protocol: NETLINK.NETFILTER }));
}

/** First number of a message of a transaction: far from those that a connection counts from 1. */
const FIRST_SEQUENCE = 0x4000_0000;

/** Netfilter over any transport; closing it closes the transport. */
export function netfilterOver(transport: Transport): Netfilter {
  const connection = new Connection(transport);
  return {
    markConnections(families, mark) {
      transact(transport, families.flatMap((family) => markMessages(family, mark)));
    },
    unmarkConnections(families) {
      for (const family of families) {
        unlessNetlinkError(["ENOENT"], () => transact(transport, unmarkMessages(family)));
      }
    },
    marksConnections(family) {
      const request = { type: nftType(NFT_MSG.GETRULE), payload: listRulesPayload(family) };
      const operation = { operation: "list rules of", target: `nf_tables table ${MARK_TABLE}` };
      const rules = unlessNetlinkError(["ENOENT"], () => connection.dump(request, operation)) ?? [];
      return rules.length === MARK_RULES;
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

/** Sends all messages as one transaction and waits until each is answered. */
function transact(transport: Transport, messages: readonly NftMessage[]): void {
  const begin = control(NFNL_MSG.BATCH_BEGIN, FIRST_SEQUENCE);
  const end = control(NFNL_MSG.BATCH_END, FIRST_SEQUENCE + messages.length + 1);
  transport.send(joinBytes([begin, ...messages.map(encode), end]));
  const refusals = answersTo(transport, messages.length).flatMap(({ sequence, ack }) =>
    ack.errno === 0 ? [] : [{ sequence, ack }]
  );
  const [first] = refusals;
  if (first === undefined) return;
  const target = messages[first.sequence - FIRST_SEQUENCE - 1]?.what ?? "transaction";
  throw new NetlinkError({ operation: "change nf_tables", target }, first.ack);
}

function encode({ type, flags, payload }: NftMessage, i: number): Uint8Array {
  const whole = NLM_F.REQUEST | NLM_F.ACK | flags;
  return encodeMessage({ type, flags: whole, sequence: FIRST_SEQUENCE + i + 1, port: 0, payload });
}

function control(type: number, sequence: number): Uint8Array {
  const payload = nfHeader(AF.UNSPEC, NFNL_SUBSYS.NFTABLES);
  return encodeMessage({ type, flags: NLM_F.REQUEST, sequence, port: 0, payload });
}

interface Answer {
  readonly sequence: number;
  readonly ack: ReturnType<typeof decodeError>;
}

/** One answer to each of `count` messages; a refusal of the whole transaction is the only one. */
function answersTo(transport: Transport, count: number): Answer[] {
  const answers: Answer[] = [];
  while (answers.length < count) {
    for (const message of decodeMessages(transport.receive())) {
      if (!isAnswer(message, { port: transport.port, count })) continue;
      const answer = { sequence: message.sequence, ack: decodeError(message) };
      if (message.sequence === FIRST_SEQUENCE) return [answer];
      answers.push(answer);
    }
  }
  return answers;
}

function isAnswer(message: Message, { port, count }: { port: number; count: number }): boolean {
  const at = message.sequence - FIRST_SEQUENCE;
  return message.type === NLMSG.ERROR && message.port === port && at >= 0 && at <= count;
}
