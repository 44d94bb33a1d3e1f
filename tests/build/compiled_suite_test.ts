import { repository } from "../../scripts/build/folders.ts";
import { needsNetns } from "../shared/netns.ts";
import { firstReason, testUnless } from "../shared/skip.ts";
import { needsToolchain } from "./needs_toolchain.ts";

/** Much longer than it takes: a hang must end. */
const TIMEOUT_MS = 1_800_000;

testUnless(firstReason(needsNetns(), needsToolchain()), {
  name: "all tests of tests/cni pass with compiled plugin and agent: chains of real plugins, kill -9 of the agent",
  async fn() {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--quiet", "tests/cni"],
      cwd: repository,
      env: { SPIDERPOOL_TEST_FORMAT: "compile", NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`${decoder.decode(stdout).slice(-8000)}\n${decoder.decode(stderr).slice(-2000)}`);
  },
});
