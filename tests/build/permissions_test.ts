import assert from "node:assert/strict";
import { join } from "node:path";
import { bundleSource } from "../../scripts/build/bundle_source.ts";
import { compileSource } from "../../scripts/build/compile.ts";
import { executables } from "../../scripts/build/executables.ts";
import { withTempFolder } from "../../scripts/build/folders.ts";
import { runFlags } from "../../scripts/build/launcher.ts";
import { permissionFlags } from "../../scripts/build/permissions.ts";
import { runCommand } from "../../scripts/build/run_command.ts";
import { systemToolchain } from "../../scripts/build/system_toolchain.ts";
import { testUnless } from "../shared/skip.ts";
import { needsToolchain } from "./needs_toolchain.ts";

/** All files, whatever the path. */
const files = ["read", "write anywhere", "write below /run", "write below /host", "write below /opt/cni"];

/** All variables. */
const variables = ["any variable", "variable CNI_NETNS", "variable SPIDERPOOL_LOG_LEVEL"];

/** All that each executable may do. What is not listed is refused: it is tried. */
const allowed: Readonly<Record<string, { readonly compile: readonly string[]; readonly bundle: readonly string[] }>> = {
  spiderpool: {
    compile: [...files, "variable CNI_NETNS"],
    // Deno 2.9 shows /proc to all-powerful programs only; what is left after giving away cannot be less than whole kinds
    bundle: [...files, "net", ...variables],
  },
  coordinator: {
    compile: [...files, "ffi", "variable CNI_NETNS"],
    bundle: [...files, "net", "ffi", ...variables],
  },
  ifacer: {
    compile: ["read", "write below /run", "ffi", "variable CNI_NETNS"],
    bundle: [...files, "ffi", ...variables],
  },
  "spiderpool-agent": {
    compile: ["read", "write below /run", "net", "ffi", "variable SPIDERPOOL_LOG_LEVEL"],
    bundle: ["read", "write below /run", "net", "ffi", "sys", "variable SPIDERPOOL_LOG_LEVEL"], // sys: the umask of its socket
  },
  "spiderpool-install": {
    compile: ["read", "write below /host", "write below /opt/cni"],
    bundle: ["read", "write below /host", "write below /opt/cni"],
  },
  "spiderpool-init": {
    compile: ["read", "net", "variable SPIDERPOOL_LOG_LEVEL"],
    bundle: ["read", "net", "variable SPIDERPOOL_LOG_LEVEL"],
  },
};

const entry = "tests/build/permission_probe.ts";

/** They start with more than they need: only after they have looked at the network namespaces they give it away. */
const plugins: readonly string[] = ["spiderpool", "coordinator", "ifacer"];

function probeArgs(name: string): string[] {
  return plugins.includes(name) ? ["give-away", name, "DEL"] : [];
}

for (const { name, needs } of executables) {
  Deno.test(`${name}, format bundle, may do what it needs and nothing else`, async () => {
    await withTempFolder(async (folder) => {
      const script = join(folder, "probe.js");
      await Deno.writeFile(script, await bundleSource({ name: "probe", entry }));
      const flags = [...runFlags, ...permissionFlags(needs, Deno.version.deno)];
      const output = await runCommand([Deno.execPath(), "run", ...flags, script, ...probeArgs(name)]);
      assert.deepEqual(JSON.parse(output), allowed[name]?.bundle);
    });
  });

  testUnless(needsToolchain(), {
    name: `${name}, format compile, may do what it needs and nothing else`,
    async fn() {
      const toolchain = await systemToolchain(() => undefined);
      const permissions = permissionFlags(needs, toolchain.denoVersion);
      const source = await bundleSource({ name: "probe", entry });
      await withTempFolder(async (folder) => {
        const path = join(folder, "probe");
        await Deno.writeFile(path, await compileSource(source, { name: "probe", permissions, toolchain }), {
          mode: 0o755,
        });
        assert.deepEqual(JSON.parse(await runCommand([path, ...probeArgs(name)])), allowed[name]?.compile);
      });
    },
  });
}

Deno.test("spiderpool keeps FFI for an ADD until it knows that nothing is asked of the network", async () => {
  const [spiderpool] = executables;
  assert(spiderpool?.name === "spiderpool");
  await withTempFolder(async (folder) => {
    const script = join(folder, "probe.js");
    await Deno.writeFile(script, await bundleSource({ name: "probe", entry }));
    const flags = [...runFlags, ...permissionFlags(spiderpool.needs, Deno.version.deno)];
    const [kept, given] = await Promise.all(
      [[], ["nothing-asked"]].map((more) =>
        runCommand([Deno.execPath(), "run", ...flags, script, "give-away", "spiderpool", "ADD", ...more])
      ),
    );
    assert.deepEqual(JSON.parse(given ?? ""), allowed.spiderpool?.bundle);
    assert.deepEqual(JSON.parse(kept ?? "").filter((what: string) => what !== "ffi"), allowed.spiderpool?.bundle);
    assert.ok(JSON.parse(kept ?? "").includes("ffi"));
  });
});

for (const name of plugins) {
  Deno.test(`${name} gives away permissions before it reads its configuration`, async () => {
    const main = await Deno.readTextFile(new URL(`../../plugins/${name}/main.ts`, import.meta.url));
    const order = ["systemIo(", "giveAwayPermissions(", "runPlugin("].map((call) => main.lastIndexOf(call));
    assert.deepEqual(order, [...order].sort((a, b) => a - b));
    assert(order.every((at) => at > 0));
  });
}
