/** Plays episodes in a thread of its own: a message is an {@linkcode Episode}, the answer an {@linkcode EpisodeResult}. */
import { type Episode, resultOf } from "./campaign.ts";
import { simulate } from "./simulate.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Episode>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data }) => {
  scope.postMessage(resultOf(await simulate({ ...data, isTraced: false })));
};
