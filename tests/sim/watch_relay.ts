import type { Clock } from "../../net/base/clock.ts";
import type { KubeResponse } from "../../crd/kube/contract.ts";

/** Pause between two looks whether a cut network works again, in milliseconds. */
const POLL_MS = 250;

/** What goes wrong with a watch on its way. */
export interface WatchRelayOptions {
  readonly clock: Clock;
  /** Whether nothing comes through right now. */
  readonly isCut: () => boolean;
  /** Every how many chunks one comes twice. @default never */
  readonly repeatEvery?: number | undefined;
}

/** The watch as it arrives: held up while the network is cut, some chunks twice. Each chunk is of whole lines. */
export function relayWatch(response: KubeResponse, options: WatchRelayOptions): KubeResponse {
  if (response.status !== 200 || response.body === null) return response;
  return { ...response, body: relay(response.body, options) };
}

function relay(
  body: ReadableStream<Uint8Array>,
  { clock, isCut, repeatEvery = Infinity }: WatchRelayOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let passed = 0;
  let isOver = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      while (isCut() && !isOver) await clock.sleep(POLL_MS);
      if (isOver) return;
      if (done) return controller.close();
      controller.enqueue(value);
      if (++passed % repeatEvery === 0) controller.enqueue(value);
    },
    cancel(reason) {
      isOver = true;
      return reader.cancel(reason);
    },
  });
}
