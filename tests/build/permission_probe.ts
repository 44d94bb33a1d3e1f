/** Run with an executable's permissions, this tells what they allow. */
import { giveAwayPermissions as coordinatorGivesAway } from "../../plugins/coordinator/permissions.ts";
import { giveAwayPermissions as ifacerGivesAway } from "../../plugins/ifacer/permissions.ts";
import { giveAwayFfi, giveAwayPermissions as spiderpoolGivesAway } from "../../plugins/spiderpool/permissions.ts";

/** One attempt each; those that write name folders that do not exist, so that nothing is written. */
const attempts: Readonly<Record<string, () => unknown>> = {
  read: () => Deno.statSync("/etc/passwd"),
  "write anywhere": () => Deno.writeTextFileSync("/none-such/file", ""),
  "write below /run": () => Deno.writeTextFileSync("/run/none-such/file", ""),
  "write below /host": () => Deno.writeTextFileSync("/host/none-such/file", ""),
  "write below /opt/cni": () => Deno.writeTextFileSync("/opt/cni/none-such/file", ""),
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  run: () => new Deno.Command("true").outputSync(),
  ffi: () => Deno.dlopen("libc.so.6", {}).close(),
  sys: () => Deno.hostname(),
  import: () => {
    if (Deno.permissions.querySync({ name: "import" }).state !== "granted") throw new Deno.errors.NotCapable();
  },
  "any variable": () => Deno.env.get("HOME"),
  "variable CNI_NETNS": () => Deno.env.get("CNI_NETNS"),
  "variable SPIDERPOOL_LOG_LEVEL": () => Deno.env.get("SPIDERPOOL_LOG_LEVEL"),
};

/** Whatever else goes wrong, it was allowed. */
function isAllowed(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (err) {
    return !(err instanceof Deno.errors.NotCapable);
  }
}

function giveAway(name: string | undefined, verb: string | undefined): void {
  if (name === "coordinator") return coordinatorGivesAway();
  return name === "ifacer" ? ifacerGivesAway() : spiderpoolGivesAway(verb);
}

if (import.meta.main) {
  const [action, name, verb] = Deno.args;
  if (action === "give-away") giveAway(name, verb);
  if (Deno.args.includes("nothing-asked")) giveAwayFfi();
  const allowed = Object.entries(attempts).filter(([, attempt]) => isAllowed(attempt)).map(([name]) => name);
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(allowed)));
}
