/** What the plugin never does: start programs, ask after the system, call native code, load more code. */
const unneeded = ["run", "sys", "ffi", "import"] as const;

/**
 * Gives away what the plugin does not need. Deno lets only a program with all permissions look below `/proc`, where its own
 * network namespace is, so it starts with all of them; this is irrevocable and comes before it reads any input.
 */
export function giveAwayPermissions(): void {
  for (const name of unneeded) Deno.permissions.revokeSync({ name });
}
