import type { SeenRequest } from "./fake_agent.ts";

/** Reads a request of ASCII headers and a body with a length; `undefined` while it is not whole. */
export function tryParseRequest(text: string): SeenRequest | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (new TextEncoder().encode(body).length < length) return undefined;
  const line = (head.split("\r\n", 1)[0] ?? "").replace(/ HTTP\/1\.1$/, "");
  return { line, head, body: body === "" ? {} : JSON.parse(body) };
}
