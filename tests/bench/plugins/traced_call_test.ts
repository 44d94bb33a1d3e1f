import assert from "node:assert/strict";
import { countCalls } from "./traced_call.ts";

Deno.test("countCalls() counts a call once, and what goes to the kernel by netlink", () => {
  const trace = [
    '101   execve("/opt/cni/bin/x", ["x"], 0x7ffe /* 5 vars */) = 0',
    "101   sendto(5, [{nlmsg_len=40, nlmsg_type=RTM_GETLINK}], 40, 0, {sa_family=AF_NETLINK, nl_pid=0}, 12) = 40",
    "102   futex(0x1, FUTEX_WAIT <unfinished ...>",
    '101   sendto(6, "GET / HTTP/1.1", 14, MSG_NOSIGNAL, NULL, 0) = 14',
    "102   <... futex resumed>) = 0",
    "101   +++ exited with 0 +++",
    "",
  ].join("\n");
  assert.deepEqual(countCalls(trace), { netlinkRequests: 1, systemCalls: 4 });
});
