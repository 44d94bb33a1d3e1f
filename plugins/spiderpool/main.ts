import { runPlugin, systemIo } from "../cni/mod.ts";
import { spiderpoolPlugin } from "./plugin.ts";

if (import.meta.main) {
  const io = systemIo((name) => Deno.env.get(name));
  for (const name of ["run", "sys", "ffi", "import"] as const) Deno.permissions.revokeSync({ name });
  Deno.exit(await runPlugin(spiderpoolPlugin, io));
}
