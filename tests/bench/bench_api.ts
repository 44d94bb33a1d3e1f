import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { httpTransport } from "../../crd/kube/http.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";

/** How requests get to the API server. */
export type Via = "in-process" | "http";

/** An API server for one measurement. */
export interface BenchApi extends AsyncDisposable {
  /** A way to it with connections of its own. */
  connect(client: string): KubeTransport;
}

/** Starts an API server: in this process, which then shares the event loop with the agents, or in one of its own. */
export async function startBenchApi(via: Via): Promise<BenchApi> {
  return via === "http" ? await ownProcess() : inProcess();
}

/** The embedded API as all measurements have it. */
export function newEmbeddedApi(): EmbeddedApi {
  return new EmbeddedApi({
    clock: systemClock,
    random: systemRandom,
    crds: readSpiderpoolCrds(),
    historyEvents: 20_000, // an agent that is slow for a moment must not have to list everything again
  });
}

function inProcess(): BenchApi {
  const api = newEmbeddedApi();
  return { connect: (client) => api.connect(client), [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function ownProcess(): Promise<BenchApi> {
  const script = new URL("./serve_api.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", script.href],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const server = await firstLine(child.stdout);
  if (server === "") throw new Error("Cannot measure over HTTP: the API server's process ended before it listened");
  const transports: Disposable[] = [];
  return {
    connect(client) {
      const transport = httpTransport({ server, userAgent: client, client: Deno.createHttpClient({ http2: false }) });
      transports.push(transport);
      return transport;
    },
    async [Symbol.asyncDispose]() {
      for (const transport of transports) transport[Symbol.dispose]();
      await child.stdin.close(); // tells it to end
      await child.status;
    },
  };
}

/** The first line of `stream`, without its end; all of it when it has none. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n", 1)[0] ?? "";
}
