/** Run by `deno test` in the virtual machine: prints what {@linkcode measureIfacerCalls} found, as one line. */
import { printLine } from "../../../scripts/print.ts";
import { measureIfacerCalls } from "./ifacer_costs.ts";
import { figuresLine } from "./ifacer_figures.ts";

const ROUNDS = 5;

Deno.test("what calls of ifacer take", async () => {
  printLine(figuresLine(await measureIfacerCalls({ rounds: ROUNDS })));
});
