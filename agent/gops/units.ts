/** `1.50MB (1572864 bytes)`, as the gops agent of a Go program writes it. */
export function formatBytes(bytes: number): string {
  const units = ["KB", "MB", "GB", "TB"];
  const power = Math.min(units.length, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  if (power === 0) return `${bytes} bytes`;
  return `${(bytes / 1024 ** power).toFixed(2)}${units[power - 1]} (${bytes} bytes)`;
}

/** `250ms`, `3.2s`, `12m3s`, `5h2m`. @param ms milliseconds; `Infinity` is `forever` */
export function formatAge(ms: number): string {
  if (ms === Infinity) return "forever";
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toString()}s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m`;
}
