import assert from "node:assert/strict";
import { printLine } from "../../../scripts/print.ts";
import type { Step } from "../step.ts";

/** What an executable begins with; a launcher begins with `#!`. Source: elf(5). */
const ELF = "\x7fELF";

/** Makes sure of what is tested: the image and the nodes have executables, and no Deno to run bundles. */
export const executablesAreCompiled: Step = {
  name: "agent and plugin are single files, made by deno compile",
  async run(bed) {
    const inAgent = (...command: string[]) =>
      bed.kubectl(["-n", "spiderpool", "exec", "daemonset/spiderpool-agent", "--", ...command]);
    assert.equal(await inAgent("head", "-c", "4", "/opt/spiderpool/spiderpool-agent"), ELF);
    assert.doesNotMatch(await inAgent("ls", "/opt/spiderpool"), /spiderpool-lib/);
    printLine((await inAgent("spiderpool-agent", "--version")).trim());
    for (const node of bed.cluster.nodes) {
      assert.equal(await node.exec("head", "-c", "4", "/opt/cni/bin/spiderpool"), ELF);
      assert.doesNotMatch(await node.exec("ls", "/opt/cni/bin"), /spiderpool-lib/);
    }
  },
};
