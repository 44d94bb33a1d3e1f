/** Faults on request: what goes wrong with a request, decided per request by a callback. */
import type { Random } from "../../net/base/random.ts";

/** Verbs of requests, as RBAC names them. */
export type Verb =
  | "get"
  | "list"
  | "watch"
  | "create"
  | "update"
  | "patch"
  | "delete"
  | "deletecollection"
  | "other";

/** What a fault is decided from. */
export interface FaultRequest {
  /** Name given to `EmbeddedApi.connect`, or the User-Agent over HTTP; `""` when there is none. */
  readonly client: string;
  readonly verb: Verb;
  /** API group, `""` for core and for requests that name no resource. */
  readonly group: string;
  /** Plural, `""` for requests that name no resource. */
  readonly resource: string;
  /** Such as `status`, `""` for the object itself. */
  readonly subresource: string;
  /** `""` for cluster-scoped requests. */
  readonly namespace: string;
  /** `""` for collections. */
  readonly name: string;
}

/** What goes wrong; the parts combine. Times pass on the server's clock. */
export interface Fault {
  /** Milliseconds before the server looks at the request. */
  readonly delayBeforeMs?: number;
  /** Milliseconds between the work and the answer. */
  readonly delayAfterMs?: number;
  /** Answered without doing anything. */
  readonly answer?: FaultAnswer;
  /** The connection breaks before the server saw the request, or after it did what was asked. */
  readonly lose?: "before" | "after";
  /** What happens to a watch that was opened. */
  readonly watch?: WatchFault;
}

/** An error answer. */
export interface FaultAnswer {
  readonly status: 409 | 429 | 500 | 503 | 504;
  /** Seconds, sent as `Retry-After` and in the Status. */
  readonly retryAfterSeconds?: number;
}

/** What happens to an open watch. */
export interface WatchFault {
  /** Breaks the connection after this many events. */
  readonly cutAfterEvents?: number;
  /** Breaks the connection after this many milliseconds. */
  readonly cutAfterMs?: number;
  /** How the watch ends when it is cut: a broken connection, or a regular end. @default "broken" */
  readonly cutAs?: "broken" | "end";
  /** Milliseconds by which each event arrives late; the order stays. */
  readonly delayEventsMs?: number;
}

/** Decides for each request what goes wrong; `undefined` lets it pass. */
export type FaultPlan = (request: FaultRequest) => Fault | undefined;

/** One line of a plan made by {@linkcode faultRules}. Absent matchers match everything. */
export interface FaultRule {
  readonly client?: string;
  readonly verb?: Verb | readonly Verb[];
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Chance between 0 and 1 of a matching request. @default 1 */
  readonly probability?: number;
  /** Lets this many matching requests pass first. @default 0 */
  readonly skip?: number;
  /** Ends after this many faults. @default unlimited */
  readonly count?: number;
  readonly fault: Fault;
}

/**
 * A plan from rules: the first rule that matches, and whose chance comes up, decides.
 *
 * @param random consulted only for rules with a `probability`
 * @throws {RangeError} for a probability outside 0–1 or a negative count
 */
export function faultRules(rules: readonly FaultRule[], random: Random): FaultPlan {
  rules.forEach(checkRule);
  const seen = rules.map(() => 0);
  const used = rules.map(() => 0);
  return function decide(request) {
    for (const [i, rule] of rules.entries()) {
      if (!matches(rule, request) || (used[i] ?? 0) >= (rule.count ?? Infinity)) continue;
      seen[i] = (seen[i] ?? 0) + 1;
      if ((seen[i] ?? 0) <= (rule.skip ?? 0)) continue;
      if (rule.probability !== undefined && random() >= rule.probability) continue;
      used[i] = (used[i] ?? 0) + 1;
      return rule.fault;
    }
    return undefined;
  };
}

function matches(rule: FaultRule, request: FaultRequest): boolean {
  const verbs = rule.verb === undefined ? undefined : [rule.verb].flat();
  return (verbs === undefined || verbs.includes(request.verb)) &&
    [rule.client, rule.resource, rule.subresource, rule.namespace, rule.name].every((wanted, i) =>
      wanted === undefined ||
      wanted === [request.client, request.resource, request.subresource, request.namespace, request.name][i]
    );
}

function checkRule(rule: FaultRule, index: number): void {
  const { probability = 1, skip = 0, count = 0 } = rule;
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`Cannot use fault rule ${index}: probability ${probability} is not between 0 and 1`);
  }
  if (!(skip >= 0) || !(count >= 0)) {
    throw new RangeError(`Cannot use fault rule ${index}: skip ${skip} or count ${count} is negative`);
  }
}
