import { asksForVersion, versionLine } from "../../net/base/version.ts";
import { runPlugin, systemIo } from "../cni/mod.ts";
import { spiderpoolPlugin } from "./plugin.ts";

if (import.meta.main) {
  const io = systemIo((name) => Deno.env.get(name));
  for (const name of ["run", "sys", "ffi", "import"] as const) Deno.permissions.revokeSync({ name });
  if (asksForVersion(Deno.args)) {
    io.stdout(versionLine("spiderpool"));
    Deno.exit(0);
  }
  Deno.exit(await runPlugin(spiderpoolPlugin, io));
}
