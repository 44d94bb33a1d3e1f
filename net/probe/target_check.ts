import type { Address } from "../ip/mod.ts";
import { type Bytes, formatMac } from "../wire/mod.ts";
import { conflictProbe, gatewayProbe } from "./frames.ts";
import { conflictIn, gatewayAnswerIn } from "./judge.ts";
import type { ProbeSettings } from "./settings.ts";

/** An address to ask the network about. */
export interface ProbeTarget {
  readonly address: Address;
  /** Whether to ask if somebody else has it. */
  readonly detectConflict: boolean;
  /** Whether to ask for this gateway, of the same family, once nobody else has the address. */
  readonly gateway?: Address | undefined;
}

/** What the network said. */
export type Finding =
  | { readonly kind: "clear" }
  | { readonly kind: "conflict"; readonly mac: string }
  | { readonly kind: "unreachable"; readonly gateway: Address };

/** What is needed beside the target. */
export interface CheckOptions {
  /** Of the asking link. */
  readonly mac: Bytes;
  readonly settings: ProbeSettings;
  /** On a clock that only goes forward, in milliseconds. */
  readonly nowMs: number;
}

/** One question: the frame, how often it is sent, and what frames answer it. */
interface Stage {
  readonly frame: Bytes;
  readonly count: number;
  readonly intervalMs: number;
  /** The finding that a frame leads to; `"next"` for the next question. */
  judge(frame: Uint8Array): Finding | "next" | undefined;
  /** What silence means. */
  readonly silence: Finding | "next";
}

/**
 * The state of one target: first the conflict, then the gateway, so that no gateway learns an address that is another
 * host's. It sends and waits for nothing itself; times and frames are given to it.
 */
export class TargetCheck {
  readonly target: ProbeTarget;
  readonly #stages: Stage[];
  #sent = 0;
  #failures = 0;
  #dueMs: number;
  #finding: Finding | undefined;

  constructor(target: ProbeTarget, options: CheckOptions) {
    this.target = target;
    this.#stages = stagesOf(target, options);
    this.#dueMs = options.nowMs;
    if (this.#stages.length === 0) this.#finding = { kind: "clear" };
  }

  /** `undefined` while it is open. */
  get finding(): Finding | undefined {
    return this.#finding;
  }

  /** When {@linkcode next} wants to be called; `Infinity` when there is nothing more to do. */
  get dueMs(): number {
    return this.#finding === undefined ? this.#dueMs : Infinity;
  }

  /** Goes on after silence. @returns the frame to send now, then {@linkcode sent} or {@linkcode failed} is called */
  next(nowMs: number): Bytes | undefined {
    while (this.#finding === undefined && nowMs >= this.#dueMs) {
      const [stage] = this.#stages;
      if (stage === undefined) break;
      if (this.#sent < stage.count) return stage.frame;
      this.#conclude(stage.silence, nowMs);
    }
    return undefined;
  }

  /** The frame of {@linkcode next} is on its way. */
  sent(nowMs: number): void {
    this.#sent++;
    this.#dueMs = nowMs + (this.#stages[0]?.intervalMs ?? 0);
  }

  /**
   * The frame could not be sent, or what was sent last may be lost: it is tried again.
   *
   * @returns how often this has happened
   */
  failed(nowMs: number, retryMs: number): number {
    if (nowMs < this.#dueMs && this.#sent > 0) this.#sent--; // its answer may be lost
    this.#dueMs = nowMs + retryMs;
    return ++this.#failures;
  }

  /** A frame that came in. */
  receive(frame: Uint8Array, nowMs: number): void {
    const verdict = this.#finding === undefined && this.#sent > 0 ? this.#stages[0]?.judge(frame) : undefined;
    if (verdict !== undefined) this.#conclude(verdict, nowMs);
  }

  #conclude(verdict: Finding | "next", nowMs: number): void {
    this.#stages.shift();
    this.#sent = 0;
    this.#dueMs = nowMs;
    if (verdict !== "next") this.#finding = verdict;
    else if (this.#stages.length === 0) this.#finding = { kind: "clear" };
  }
}

function stagesOf({ address, detectConflict, gateway }: ProbeTarget, { mac, settings }: CheckOptions): Stage[] {
  const { conflictProbes, gatewayProbes, intervalMs } = settings;
  const conflict: Stage = {
    frame: conflictProbe(address, mac),
    count: conflictProbes,
    intervalMs,
    judge(frame) {
      const other = conflictIn(frame, { address, ownMac: mac });
      return other && { kind: "conflict", mac: formatMac(other) };
    },
    silence: "next",
  };
  const stages = detectConflict ? [conflict] : [];
  if (gateway === undefined) return stages;
  return [...stages, {
    frame: gatewayProbe({ gateway, address }, mac),
    count: gatewayProbes,
    intervalMs,
    judge: (frame) => gatewayAnswerIn(frame, gateway) && "next",
    silence: { kind: "unreachable", gateway },
  }];
}
