import type { FakeClock } from "../base/fake_clock.ts";
import type { Bytes } from "../wire/mod.ts";
import type { ProbeSocket } from "./probe_socket.ts";

/** What a host on a {@linkcode FakeSegment} does with a frame. */
export interface FakeAnswer {
  /** After the frame that is answered, in milliseconds. */
  readonly afterMs: number;
  readonly frame: Bytes;
}

/** A network in memory: it answers frames as told, and time passes only while somebody waits for it. */
export class FakeSegment implements ProbeSocket {
  /** What was sent, and when. */
  readonly sent: { readonly atMs: number; readonly frame: Bytes }[] = [];
  readonly #clock: FakeClock;
  readonly #answer: (frame: Bytes, count: number) => readonly FakeAnswer[];
  #coming: { readonly atMs: number; readonly frame: Bytes }[] = [];
  #failures: Error[] = [];
  #receiveFailures: Error[] = [];

  /** @param answer told each frame and how many were sent before it */
  constructor(clock: FakeClock, answer: (frame: Bytes, count: number) => readonly FakeAnswer[] = () => []) {
    this.#clock = clock;
    this.#answer = answer;
  }

  /** Makes the next sends fail, each once. */
  failSends(...errors: readonly Error[]): void {
    this.#failures.push(...errors);
  }

  /** Makes the next receives fail, each once. */
  failReceives(...errors: readonly Error[]): void {
    this.#receiveFailures.push(...errors);
  }

  send(frame: Bytes): void {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    const atMs = this.#clock.now();
    const answers = this.#answer(frame, this.sent.length);
    this.#coming.push(...answers.map(({ afterMs, frame }) => ({ atMs: atMs + afterMs, frame })));
    this.sent.push({ atMs, frame });
  }

  receive(): Uint8Array | undefined {
    const failure = this.#receiveFailures.shift();
    if (failure !== undefined) throw failure;
    const next = this.#coming.findIndex(({ atMs }) => atMs <= this.#clock.now());
    return next === -1 ? undefined : this.#coming.splice(next, 1)[0]?.frame;
  }

  wait(ms: number): Promise<void> {
    const nowMs = this.#clock.now();
    const firstMs = Math.min(...this.#coming.map(({ atMs }) => atMs));
    if (this.#receiveFailures.length === 0) this.#clock.advance(Math.max(0, Math.min(nowMs + ms, firstMs) - nowMs));
    return Promise.resolve();
  }
}
