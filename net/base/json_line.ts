/**
 * One line of JSON for a log, with its newline. Values that JSON does not know are written so that no line is ever
 * lost: a `bigint` as its digits, an `Error` as its message, an object that contains itself as `"[circular]"`.
 */
export function jsonLine(record: Readonly<Record<string, unknown>>): string {
  const ancestors: object[] = [];
  return `${JSON.stringify(record, replace)}\n`;

  function replace(this: unknown, _key: string, value: unknown): unknown {
    if (typeof value === "bigint") return value.toString();
    if (value instanceof Error) return value.message;
    if (typeof value !== "object" || value === null) return value;
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
    if (ancestors.includes(value)) return "[circular]";
    ancestors.push(value);
    return value;
  }
}
