/** What the bench and a process of agents say to each other: lines of JSON over standard input and output. */
import type { RequestCount } from "../../../crd/kube/counting.ts";

/** How the agents of one process are set up: the first line it gets. */
export interface AgentProcessSetup {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  /** File of the token that agents show each other. */
  readonly peerTokenPath: string;
  readonly agents: readonly AgentSetup[];
}

/** One agent. */
export interface AgentSetup {
  readonly nodeName: string;
  /** Where other agents reach it. */
  readonly address: string;
  /** Path of its unix socket; its journal is beside it. */
  readonly socket: string;
  /** Text of its `conf.yml`. */
  readonly conf: string;
}

/** What the bench asks for. */
export type Command = "counts" | "reset" | "memory";

/** Answer to `counts`: requests of all agents of the process since the last `reset`, by verb and resource. */
export type CountsAnswer = readonly (readonly [operation: string, count: RequestCount])[];

/** Answer to `memory`, in bytes. */
export interface MemoryAnswer {
  /** Resident set size as the kernel has it. */
  readonly rss: number;
  /** V8's heap in use. */
  readonly heapUsed: number;
  /** V8's heap with what is free in it. */
  readonly heapTotal: number;
}

/** Encodes a message as a line. */
export function lineOf(message: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(message)}\n`);
}

/** The lines of a stream, without their ends. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
