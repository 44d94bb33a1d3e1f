/** Prints one line for the person who runs a script. Scripts are the only place that prints; the rest has a `Log`. */
export function printLine(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}
