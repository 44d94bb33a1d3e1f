import { asksForVersion, versionLine } from "../../net/base/version.ts";
import { runPlugin, systemIo } from "../cni/mod.ts";
import { giveAwayPermissions } from "./permissions.ts";
import { spiderpoolPlugin } from "./plugin.ts";

if (import.meta.main) {
  const io = systemIo((name) => Deno.env.get(name));
  giveAwayPermissions(io.getenv("CNI_COMMAND"));
  if (asksForVersion(Deno.args)) {
    io.stdout(versionLine("spiderpool"));
    Deno.exit(0);
  }
  Deno.exit(await runPlugin(spiderpoolPlugin, io));
}
