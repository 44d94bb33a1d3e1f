/** What the plugin never does: start programs, ask after the system, load more code. */
const unneeded = ["run", "sys", "import"] as const;

/**
 * Gives away what the plugin does not need. Deno lets only a program with all permissions look below `/proc`, where its own
 * network namespace is, so it starts with all of them; this is irrevocable and comes before it reads any input.
 *
 * @param command verb of the call: only an ADD may come to need native code, to ask the network of its link
 */
export function giveAwayPermissions(command: string | undefined): void {
  for (const name of unneeded) Deno.permissions.revokeSync({ name });
  if (command !== "ADD") giveAwayFfi();
}

/** Gives away native code. An ADD does it as soon as it knows that nothing is asked of the network. */
export function giveAwayFfi(): void {
  Deno.permissions.revokeSync({ name: "ffi" });
}
