import type { Asked } from "./asked.ts";
import type { PeerLink } from "./link.ts";

/** The peer that may have a write of a request on its way, in the epoch that knows of it. */
export interface Former {
  readonly link: PeerLink;
  readonly epoch: string;
  /** Until when of the monotonic clock it may begin one. */
  readonly untilMs: number;
}

/** Who may have a write of the request on its way, now that `link` was asked. */
export function formerAfter(
  asked: Asked,
  { link, former }: { readonly link: PeerLink; readonly former: Former | undefined },
): Former | undefined {
  if (asked.kind === "failed") return { link, epoch: asked.epoch, untilMs: -Infinity };
  if (asked.kind === "unknown") return { link, epoch: asked.epoch, untilMs: asked.untilMs };
  return asked.kind === "done" ? undefined : former;
}
