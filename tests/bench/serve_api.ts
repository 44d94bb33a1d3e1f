/**
 * The API server of a measurement as a process of its own: prints its URL and serves until its standard input ends.
 *
 * @module
 */
import { newEmbeddedApi } from "./bench_api.ts";

if (import.meta.main) {
  const served = await newEmbeddedApi().serve();
  Deno.stdout.writeSync(new TextEncoder().encode(`${served.url}\n`));
  for await (const _ of Deno.stdin.readable); // ends with whoever started it
  await served.shutdown();
  Deno.exit(0);
}
