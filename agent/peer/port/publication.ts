import { fullJitter } from "../../../net/base/backoff.ts";
import type { Clock } from "../../../net/base/clock.ts";
import type { Log } from "../../../net/base/log.ts";
import type { Random } from "../../../net/base/random.ts";
import { type Lease, leases } from "../../../crd/core/mod.ts";
import {
  isConflict,
  isNotFound,
  type KubeTransport,
  type ResourceClient,
  resourceClient,
} from "../../../crd/kube/mod.ts";
import { CERTIFICATE, peerLease, peerLeaseName } from "./peer_lease.ts";

/** Between two looks whether what is published still stands, in milliseconds. */
const LOOK_MS = 30_000;
/** Least pause after a write, in milliseconds; up to twice as long. */
const AFTER_WRITE_MS = 500;
/** Pauses between tries, in milliseconds. */
const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** How long the last request may take when the agent stops, in milliseconds. */
const FAREWELL_MS = 2_000;

/** What a {@linkcode Publication} works with. */
export interface PublicationDeps {
  readonly transport: KubeTransport;
  readonly namespace: string;
  readonly node: string;
  /** What is published as far as a watch tells: saves a look. */
  readonly published: () => string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Keeps this agent's certificates in its Lease. */
export class Publication {
  readonly #deps: PublicationDeps;
  readonly #leases: ResourceClient<Lease>;
  #wanted: string | undefined;
  /** What this process published last, once it is withdrawn. */
  #withdrawn: string | undefined;
  #wake = new AbortController();

  constructor(deps: PublicationDeps) {
    this.#deps = deps;
    this.#leases = resourceClient(deps.transport, leases, { clock: deps.clock, fieldManager: "spiderpool-agent" });
  }

  /** From now on these certificates are to be known, PEM; nothing once they were withdrawn. */
  publish(certificate: string): void {
    if (this.#withdrawn !== undefined) return;
    this.#wanted = certificate;
    this.#wake.abort(woken);
  }

  /** Something was published: looks whether what is wanted still stands. */
  look(): void {
    this.#wake.abort(woken);
  }

  /** Works until `signal` is aborted. Failures are logged and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log, published } = this.#deps;
    for (let failures = 0; !signal.aborted;) {
      this.#wake = new AbortController();
      try {
        if (this.#wanted !== undefined && published() !== this.#wanted) {
          await this.#write(this.#wanted, signal);
          await clock.sleep(AFTER_WRITE_MS * (1 + random()), signal); // somebody else may want it otherwise
        }
        failures = 0;
        await this.#sleep(clock, { ms: LOOK_MS, signal });
      } catch (err) {
        if (signal.aborted) return;
        log.warn("cannot publish the peer port's certificate yet", { err });
        await this.#sleep(clock, { ms: 100 + fullJitter(failures++, { ...BACKOFF, random }), signal });
      }
    }
  }

  /**
   * Takes the Lease away, if it is still the one of this process: peers stop asking at once. A later call looks once
   * more: a write may have been under way. Never rejects.
   */
  async withdraw(): Promise<void> {
    const { namespace, node, log } = this.#deps;
    const key = { namespace, name: peerLeaseName(node) };
    const own = this.#withdrawn ??= this.#wanted ?? "";
    this.#wanted = undefined; // or it would be put back
    if (own === "") return;
    try {
      const lease = await this.#leases.tryGet(key, { timeoutMs: FAREWELL_MS });
      const { uid, resourceVersion } = lease?.metadata ?? {};
      if (lease?.metadata.annotations?.[CERTIFICATE] !== own) return;
      await this.#leases.delete(key, { uid, resourceVersion, timeoutMs: FAREWELL_MS });
    } catch (err) {
      if (!isNotFound(err) && !isConflict(err)) log.debug("cannot withdraw the peer port's certificate", { err });
    }
  }

  async #write(certificate: string, signal: AbortSignal): Promise<void> {
    const { namespace, node, clock } = this.#deps;
    const lease = peerLease({ namespace, node, certificate, nowMs: clock.now() });
    const present = await this.#leases.tryGet(lease.metadata, { signal } as const);
    if (present === undefined) await this.#leases.create(lease, { signal });
    else if (present.metadata.annotations?.[CERTIFICATE] !== certificate) {
      const { resourceVersion = "" } = present.metadata;
      await this.#leases.update({ ...lease, metadata: { ...lease.metadata, resourceVersion } }, { signal });
    }
  }

  async #sleep(clock: Clock, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
    const stop = () => this.#wake.abort(woken);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    await clock.sleep(ms, this.#wake.signal).catch(() => undefined);
    signal.removeEventListener("abort", stop);
  }
}

/** Why a sleep is cut short. */
const woken = new Error("Cannot sleep on: there is something to publish");
