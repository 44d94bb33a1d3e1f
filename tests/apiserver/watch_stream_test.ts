import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import type { WatchFault } from "./faults.ts";
import { encodeText } from "./json.ts";
import { WatchStream } from "./watch_stream.ts";

function setUp(fault?: WatchFault) {
  const clock = new FakeClock();
  return { clock, stream: new WatchStream({ clock, fault, signal: undefined }) };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("WatchStream hangs up on a watcher that does not read", async () => {
  const { stream } = setUp();
  let closed = false;
  stream.onClose(() => void (closed = true));
  for (let i = 0; i < 5000 && !closed; i++) stream.push([encodeText(`${i}\n`)]);
  assert.equal(closed, true);
  const lines = (await new Response(stream.readable).text()).trim().split("\n");
  assert.equal(lines.length, 4096);
});

Deno.test("WatchStream ends after its time, and its timers with it", async () => {
  const { clock, stream } = setUp();
  stream.every(10, () => [encodeText("tick\n")]);
  stream.endAfter(35);
  for (let i = 0; i < 4; i++) {
    clock.advance(10);
    await settle();
  }
  assert.equal(await new Response(stream.readable).text(), "tick\ntick\ntick\n");
  assert.equal(clock.next(), undefined);
});

Deno.test("WatchStream forgets everything when the reader leaves", async () => {
  const { clock, stream } = setUp();
  stream.endAfter(1000);
  await stream.readable.cancel();
  assert.equal(clock.next(), undefined);
  stream.push([encodeText("late\n")]);
});

Deno.test("WatchStream delivers late, in order, at the time the fault says", async () => {
  const { clock, stream } = setUp({ delayEventsMs: 50 });
  const reader = stream.readable.getReader();
  stream.push([encodeText("a\n")]);
  clock.advance(30);
  stream.push([encodeText("b\n"), encodeText("c\n")]);
  clock.advance(20);
  await settle();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "a\n");
  clock.advance(30);
  await settle();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "b\nc\n");
  await reader.cancel();
});

Deno.test("WatchStream with a signal that is aborted already is broken from the start", async () => {
  const clock = new FakeClock();
  const stream = new WatchStream({ clock, fault: undefined, signal: AbortSignal.abort(new Error("gone")) });
  stream.push([encodeText("a\n")]);
  stream.endAfter(10);
  await assert.rejects(new Response(stream.readable).text(), /gone/);
  assert.equal(clock.next(), undefined);
});

Deno.test("WatchStream breaks at the time the fault says", async () => {
  const { clock, stream } = setUp({ cutAfterMs: 100 });
  const reading = new Response(stream.readable).text();
  const broken = assert.rejects(reading, /the connection was cut/);
  clock.advance(100);
  await broken;
});
