/** Pods that come at a rate, and a runtime that attaches them as the kubelet does: what failed comes again. */
import { agentFailure, CniCode } from "../../plugins/cni/mod.ts";
import { createAgentClient, type IpamAddArgs, unixExchange } from "../../agent/api/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { systemClock } from "../../net/base/clock.ts";
import { jsonCall, pick } from "./call.ts";
import { podBody } from "./ipam_bodies.ts";

/** What became of one Pod. */
export interface Attachment {
  readonly pod: string;
  readonly uid: string;
  /** Its address, with the prefix length; `undefined` when it got none, or when it was released again. */
  readonly address: string | undefined;
  /** How often its ADD was sent. */
  readonly tries: number;
  /** From the first ADD to the answer, in milliseconds. */
  readonly tookMs: number;
  /** What a runtime would not have tried again. */
  readonly failure?: string;
}

/** What a {@linkcode CniLoad} needs. */
export interface CniLoadOptions {
  /** The administrator's way to the API server. */
  readonly transport: KubeTransport;
  /** Of the agent of node `n1`. */
  readonly socket: string;
  readonly pool: string;
  readonly perSecond: number;
}

/** A runtime's own time-out for an ADD, in milliseconds. */
const TIMEOUT_MS = 100_000;
/** Until the kubelet tries again, in milliseconds. The real one takes longer. */
const RETRY_MS = 100;
/** One Pod of so many ends as soon as it has its address. */
const SHORT_LIVED = 4;

const addWords = { token: "ADD", refusedCode: 100 };
const delWords = { token: "DEL", refusedCode: CniCode.TryAgain };

/** Starts Pods on node `n1` in the namespace `default` until it is told to stop. */
export class CniLoad {
  readonly #options: CniLoadOptions;
  readonly #attachments: Promise<Attachment>[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: CniLoadOptions) {
    this.#options = options;
  }

  /** Pods that were started. */
  get size(): number {
    return this.#attachments.length;
  }

  /** Starts Pods from now on. */
  start(): void {
    this.#timer = setInterval(() => this.#attachments.push(this.run(this.size)), 1000 / this.#options.perSecond);
  }

  /** Starts no more Pods, and waits until each has what becomes of it. */
  async stop(): Promise<readonly Attachment[]> {
    clearInterval(this.#timer);
    return await Promise.all(this.#attachments);
  }

  /** Starts one Pod; what its ADD asks for is the load's pool unless told otherwise. */
  async run(index: number, { pool = this.#options.pool, name = `p${index}` } = {}): Promise<Attachment> {
    const uid = await this.#createPod(name);
    const startedMs = performance.now();
    const base = { pod: name, uid };
    let tries = 0;
    try {
      let args = addArgs({ name, uid, pool, sandbox: 0 });
      let address: string | undefined;
      while ((address = await this.#tryAdd(args)) === undefined) {
        tries++;
        await this.#del(args);
        args = addArgs({ name, uid, pool, sandbox: tries });
      }
      const tookMs = performance.now() - startedMs;
      if (index % SHORT_LIVED !== 0) return { ...base, address, tries: tries + 1, tookMs };
      await this.#removePod(name);
      await this.#del(args);
      return { ...base, address: undefined, tries: tries + 1, tookMs };
    } catch (err) {
      return { ...base, address: undefined, tries, tookMs: performance.now() - startedMs, failure: String(err) };
    }
  }

  async #createPod(name: string): Promise<string> {
    const path = "/api/v1/namespaces/default/pods";
    const pod = await jsonCall(this.#options.transport, { method: "POST", path, body: podBody(name) });
    return String(pick(pod, "metadata.uid"));
  }

  /** As its kubelet does at the end. */
  async #removePod(name: string): Promise<void> {
    const path = `/api/v1/namespaces/default/pods/${name}`;
    await jsonCall(this.#options.transport, { method: "DELETE", path, body: { gracePeriodSeconds: 0 } });
  }

  /** @returns `undefined` when the runtime is asked to come again */
  async #tryAdd(args: IpamAddArgs): Promise<string | undefined> {
    try {
      const { ips } = await this.#client().allocate(args);
      return ips?.[0]?.address ?? "none";
    } catch (err) {
      const told = agentFailure(err, addWords);
      if (told.code !== CniCode.TryAgain) throw told;
      await systemClock.sleep(RETRY_MS);
      return undefined;
    }
  }

  async #del(args: IpamAddArgs): Promise<void> {
    const { containerID, ifName, podNamespace, podName, podUID } = args;
    for (;;) {
      try {
        return await this.#client().release({ containerID, ifName, podNamespace, podName, podUID });
      } catch (err) {
        const told = agentFailure(err, delWords);
        if (told.code !== CniCode.TryAgain) throw told;
        await systemClock.sleep(RETRY_MS);
      }
    }
  }

  #client() {
    return createAgentClient(unixExchange(this.#options.socket, { timeoutMs: TIMEOUT_MS }));
  }
}

function addArgs(
  { name, uid, pool, sandbox }: { name: string; uid: string; pool: string; sandbox: number },
): IpamAddArgs {
  return {
    containerID: `${uid}-${sandbox}`,
    ifName: "eth0",
    netNamespace: `/run/netns/${name}`,
    podNamespace: "default",
    podName: name,
    podUID: uid,
    defaultIPv4IPPool: [pool],
  };
}
