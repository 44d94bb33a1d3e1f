import { fakeAck, fakeDone, type FakeReply, fakeTransport } from "../../net/netlink/fake_netlink.ts";
import { routeNetlinkOver } from "../../net/netlink/mod.ts";
import { type LinkPayload, linkPayload } from "../../net/route/mod.ts";
import type { StepNetns } from "../../net/steps/mod.ts";
import { ERRNO, type ErrnoCode, IFF, NLM_F, RTM } from "../../net/uapi/mod.ts";
import type { Message } from "../../net/wire/mod.ts";

type Attributes = LinkPayload["attributes"];

/** A link that somebody else makes. */
export interface FakeLink extends Attributes {
  readonly name: string;
}

/** What happens when a link is to be made. */
export interface FakeCreation {
  /** The kernel refuses. */
  readonly code?: ErrnoCode;
  /** Somebody else has made this just before. */
  readonly appears?: FakeLink;
}

/** The links of a node in memory. The n-th creation ends as the n-th of `creations` says, further ones as the last. */
export class FakeNode implements Disposable {
  readonly #links: LinkPayload[] = [];
  readonly #creations: readonly FakeCreation[];
  readonly #netlink = routeNetlinkOver(fakeTransport((request) => [this.#answer(request)]));
  /** How many were tried. */
  created = 0;

  constructor(links: readonly FakeLink[], creations: readonly FakeCreation[] = []) {
    this.#creations = creations;
    links.forEach((link) => this.#add(link));
  }

  /** What a plan acts on. Nothing but netlink is there. */
  get netns(): StepNetns {
    const none = (): never => {
      throw new Error("Cannot do that on a fake node: it has netlink only");
    };
    return { netlink: this.#netlink, fd: -1, netfilter: none, writeSysctl: none, readSysctl: none };
  }

  get names(): string[] {
    return this.#links.map(({ attributes }) => attributes.name ?? "");
  }

  [Symbol.dispose](): void {
    this.#netlink[Symbol.dispose]();
  }

  #add(attributes: FakeLink): void {
    this.#links.push(linkPayload.of({ index: this.#links.length + 1, flags: 0 }, attributes));
  }

  #answer(request: Message): FakeReply[] {
    const isDump = (request.flags & NLM_F.DUMP) === NLM_F.DUMP;
    if (request.type !== RTM.GETLINK && isDump) return [fakeDone()];
    const asked = linkPayload.decode(request.payload, { what: "request", offset: 0 });
    switch (request.type) {
      case RTM.GETLINK:
        return isDump ? [...this.#links.map(tell), fakeDone()] : this.#find(request, asked);
      case RTM.NEWLINK:
        return [this.#create(request, asked)];
      case RTM.SETLINK:
        return [this.#change(request, asked)];
      default:
        return [fakeAck(request, { errno: ERRNO.EOPNOTSUPP })];
    }
  }

  #find(request: Message, { attributes }: LinkPayload): FakeReply[] {
    const link = this.#links.find((candidate) => candidate.attributes.name === attributes.name);
    return link === undefined ? [fakeAck(request, { errno: ERRNO.ENODEV })] : [tell(link), fakeAck(request)];
  }

  #create(request: Message, { attributes }: LinkPayload): FakeReply {
    const { code, appears } = this.#creations[Math.min(this.created++, this.#creations.length - 1)] ?? {};
    if (appears !== undefined) this.#add(appears);
    if (code === undefined) this.#add({ ...attributes, name: attributes.name ?? "" });
    return fakeAck(request, { errno: code === undefined ? 0 : ERRNO[code] });
  }

  #change(request: Message, { header, attributes }: LinkPayload): FakeReply {
    const link = this.#links[header.index - 1];
    if (link === undefined) return fakeAck(request, { errno: ERRNO.ENODEV });
    const flags = (link.header.flags & ~header.change) | (header.flags & header.change & IFF.UP);
    const changed = { ...link.attributes, ...attributes };
    this.#links[header.index - 1] = linkPayload.of({ index: header.index, flags }, changed);
    return fakeAck(request);
  }
}

function tell(link: LinkPayload): FakeReply {
  return { type: RTM.NEWLINK, flags: NLM_F.MULTI, payload: linkPayload.encode(link) };
}
