import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import { KubeConnectionError, KubeTimeoutError } from "./errors.ts";
import { OutageNote } from "./outage_note.ts";

const gone = "cannot reach the api server, tries again";
const back = "reaches the api server again";
const errors: Readonly<Record<string, Error>> = {
  f: new KubeConnectionError("GET /", { cause: new Error("refused") }),
  t: new KubeTimeoutError("GET /", 1000),
  e: new Error("the server's own"),
};
const cases = [
  { name: "one broken connection", steps: "fa", want: [] },
  { name: "an outage, once", steps: "fffff", want: [gone] },
  { name: "the end of an outage, once", steps: "ffaaa", want: [gone, back] },
  { name: "each outage", steps: "ffaffa", want: [gone, back, gone, back] },
  { name: "a server that hangs", steps: "ttt", want: [gone] },
  { name: "that it hangs instead of being away is no answer", steps: "fft", want: [gone] },
  { name: "an error of the server as its answer", steps: "ffe", want: [gone, back] },
  { name: "broken connections now and then", steps: "fafafa", want: [] },
];
for (const { name, steps, want } of cases) {
  Deno.test(`OutageNote tells: ${name}`, () => {
    const lines: string[] = [];
    const hear = (message: string) => void lines.push(message);
    const note = new OutageNote({ ...silentLog, warn: hear, info: hear });
    for (const step of steps) step === "a" ? note.answered() : note.tried(errors[step]);
    assert.deepEqual(lines, want);
  });
}
