/**
 * A bad caller in a process of its own. Its arguments are the path of the socket and the index of a flood; each line of its
 * standard input is answered with the number of refusals so far.
 *
 * @module
 */
import { lineOf, linesOf } from "../real/protocol.ts";
import { type Flood, floods } from "./floods.ts";

let answers = 0;

if (import.meta.main) await main(Deno.args[0] ?? "", floods[Number(Deno.args[1])]!);

async function main(path: string, flood: Flood): Promise<void> {
  const conns: Deno.Conn[] = [];
  const bytes = new TextEncoder().encode(flood.once ?? "");
  for (let i = 0; i < flood.connections; i++) {
    const conn = await connected(path);
    conns.push(conn);
    if (bytes.length > 0) await conn.write(bytes).catch(() => 0);
  }
  if (flood.again !== undefined) {
    for (const conn of conns) {
      void askAgain(conn, new TextEncoder().encode(flood.again));
    }
  }
  Deno.stdout.writeSync(lineOf("started"));
  for await (const _ of linesOf(Deno.stdin.readable)) Deno.stdout.writeSync(lineOf(answers));
  Deno.exit(0);
}

/** Asks again while the kernel's queue of the socket is full. */
async function connected(path: string): Promise<Deno.Conn> {
  for (;;) {
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (err) {
      if (!(err instanceof Deno.errors.WouldBlock)) throw err;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function askAgain(conn: Deno.Conn, request: Uint8Array): Promise<never> {
  const buffer = new Uint8Array(4096);
  for (;;) {
    await conn.write(request);
    if (await conn.read(buffer) === null) throw new Error("Cannot go on: the agent closed the connection");
    answers++;
  }
}
