import { gauge, histogram } from "./metric_row.ts";

/** Upstream's two kinds of requests. */
export type RequestKind = "allocation" | "release";

/** What is timed: a request as a whole, or how long it waited to be written. */
export type TimedPart = "duration" | "limit_duration";

const parts: Readonly<Record<TimedPart, string>> = {
  duration: "that a request took, whatever came of it",
  limit_duration: "that a request waited in this agent for its IPPool's next write",
};

/** Five metrics of one kind of time: upstream's four gauges and its histogram. */
export function durationRows(kind: RequestKind, part: TimedPart) {
  const what = parts[part];
  const name = (word: string) => `spiderpool_ipam_${kind}_${word}${part}_seconds`;
  return {
    average: gauge({ name: name("average_"), help: `Mean time ${what}, since the agent started`, upstream: true }),
    max: gauge({ name: name("max_"), help: `Longest time ${what}, since the agent started`, upstream: true }),
    min: gauge({
      name: name("min_"),
      help: `Shortest time ${what}, since the agent started`,
      waits: true, // 0 would be the shortest of all
      upstream: true,
    }),
    latest: gauge({ name: name("latest_"), help: `Time ${what}, of the last request`, upstream: true }),
    all: histogram({ name: name(""), help: `Time ${what}`, upstream: true }),
  };
}
