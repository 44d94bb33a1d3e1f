import { asksForVersion, versionLine } from "../../net/base/version.ts";
import { runPlugin, systemIo } from "../cni/mod.ts";
import { giveAwayPermissions } from "./permissions.ts";
import { ifacerPlugin } from "./plugin.ts";

if (import.meta.main) {
  const io = systemIo((name) => Deno.env.get(name));
  giveAwayPermissions();
  if (asksForVersion(Deno.args)) {
    io.stdout(versionLine("ifacer"));
    Deno.exit(0);
  }
  Deno.exit(await runPlugin(ifacerPlugin, io));
}
