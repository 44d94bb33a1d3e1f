import type { KubeRequest, KubeResponse, KubeTransport } from "./contract.ts";

/** What was counted for one verb on one resource. */
export interface RequestCount {
  readonly requests: number;
  /** Answers that were not 2xx; also counted in `requests`. */
  readonly refused: number;
  /** Requests without an answer; also counted in `requests`. */
  readonly failed: number;
  /** Bytes of request bodies. */
  readonly bytesOut: number;
  /** Bytes of response bodies, as far as they were read. */
  readonly bytesIn: number;
}

/** A transport that counts. */
export interface CountingTransport extends KubeTransport {
  /** Counts by verb and resource, such as `update spiderippools/status`. */
  counts(): Map<string, RequestCount>;
  /** Starts again from zero. */
  reset(): void;
}

type MutableCount = { -readonly [field in keyof RequestCount]: RequestCount[field] };

/** Options of {@linkcode countingTransport}. */
export interface CountingOptions {
  /** Whether `bytesIn` is counted, for which every answer takes one stream more. @default true */
  readonly countAnswers?: boolean;
}

/** A transport that counts what goes through it: for measurements and tests. */
export function countingTransport(
  transport: KubeTransport,
  { countAnswers = true }: CountingOptions = {},
): CountingTransport {
  const counts = new Map<string, MutableCount>();
  return {
    async request(request) {
      const count = countOf(counts, operationOf(request));
      const response = await requestCounted(transport, request, count);
      return countAnswers ? answerCounted(response, count) : response;
    },
    counts: () => new Map(Array.from(counts, ([operation, count]) => [operation, { ...count }])),
    reset: () => counts.clear(),
  };
}

async function requestCounted(
  transport: KubeTransport,
  request: KubeRequest,
  count: MutableCount,
): Promise<KubeResponse> {
  count.requests++;
  count.bytesOut += request.body === undefined ? 0 : new TextEncoder().encode(request.body).byteLength;
  const response = await transport.request(request).catch((err) => {
    count.failed++;
    throw err;
  });
  if (response.status < 200 || response.status > 299) count.refused++;
  return response;
}

/** The stream that counts is made only for whoever wants a stream. */
function answerCounted({ status, headers, body, bytes }: KubeResponse, count: MutableCount): KubeResponse {
  let counted: ReadableStream<Uint8Array> | null | undefined;
  return {
    status,
    headers,
    get body() {
      return counted ??= body === null ? null : body.pipeThrough(byteCounter(count));
    },
    ...(bytes !== undefined && {
      async bytes() {
        const all = await bytes();
        count.bytesIn += all.byteLength;
        return all;
      },
    }),
  };
}

function byteCounter(count: MutableCount): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      count.bytesIn += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
}

function countOf(counts: Map<string, MutableCount>, operation: string): MutableCount {
  const known = counts.get(operation);
  if (known !== undefined) return known;
  const count = { requests: 0, refused: 0, failed: 0, bytesOut: 0, bytesIn: 0 };
  counts.set(operation, count);
  return count;
}

/**
 * What a request does, in the words of RBAC: `get pods`, `update spiderippools/status`, `list nodes`.
 *
 * Paths that address no resource (`/version`) are named by themselves.
 */
export function operationOf({ method, path, query }: KubeRequest): string {
  const match = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/(?=[^/]+))?([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/
    .exec(path);
  if (match === null) return `${method.toLowerCase()} ${path}`;
  const [, plural, name, subresource] = match;
  const verb = verbOf(method, { named: name !== undefined, watch: query?.watch !== undefined });
  return `${verb} ${subresource === undefined ? plural : `${plural}/${subresource}`}`;
}

function verbOf(method: KubeRequest["method"], { named, watch }: { named: boolean; watch: boolean }): string {
  switch (method) {
    case "GET":
      return watch ? "watch" : named ? "get" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return named ? "delete" : "deletecollection";
    default:
      return method satisfies never;
  }
}
