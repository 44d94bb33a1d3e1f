/** What the plugin never does: talk to anyone, start programs, ask after the system, load more code. */
const unneeded = ["net", "run", "sys", "import"] as const;

/**
 * Gives away what the plugin does not need: it starts with all permissions, because Deno lets no other program look below
 * `/proc`, where its own network namespace is. This is irrevocable and comes before it reads any input.
 */
export function giveAwayPermissions(): void {
  for (const name of unneeded) Deno.permissions.revokeSync({ name });
}
