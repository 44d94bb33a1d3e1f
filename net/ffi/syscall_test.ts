import assert from "node:assert/strict";
import { AF, MSG, NETLINK, NLM_F, O, POLL, RTM, SOCK, SOL } from "../uapi/mod.ts";
import { FileDescriptor, openDescriptors } from "./fd.ts";
import { fileIdentity, openFile, readFile, writeFile } from "./file.ts";
import { pollFor, pollLater } from "./poll.ts";
import { bindSocket, openSocket, receiveFrom, sendTo, setSocketOption } from "./socket.ts";
import { cString, isSyscallError, SyscallError } from "./syscall.ts";

const socketOptions = { family: AF.NETLINK, type: SOCK.RAW, protocol: NETLINK.ROUTE, what: "netlink socket" };

Deno.test("openFile() tells what is wrong with which path", () => {
  assert.throws(() => openFile("/no/such/file", O.RDONLY), {
    name: "SyscallError",
    message: "Cannot open /no/such/file: ENOENT",
    syscall: "open",
    target: "/no/such/file",
    errno: 2,
    code: "ENOENT",
  });
  assert.throws(() => openFile("/", O.WRONLY), { code: "EISDIR" });
});

Deno.test("errno is that of the call, also with calls of the runtime in between", () => {
  using socket = openSocket(socketOptions);
  for (let run = 0; run < 3000; run++) {
    // The runtime fails with ENOENT, then the call fails with EAGAIN, and the other way round.
    assert.throws(() => Deno.statSync(`/no/such/${run}`));
    assert.equal(receiveFrom(socket, new Uint8Array(8)), undefined);
    const code = run % 2 === 0 ? "ENOTDIR" : "ENOENT";
    assert.throws(() => openFile(run % 2 === 0 ? "/dev/null/x" : "/no/such", O.RDONLY), { code });
  }
});

Deno.test("readFile() and writeFile() move bytes and fail by name", () => {
  using zero = openFile("/dev/zero", O.RDWR);
  const buffer = new Uint8Array(3).fill(7);
  assert.equal(readFile(zero, buffer), 3);
  assert.deepEqual([...buffer], [0, 0, 0]);
  assert.equal(writeFile(zero, buffer), 3);
  using readOnly = openFile("/dev/zero", O.RDONLY);
  assert.throws(() => writeFile(readOnly, buffer), { code: "EBADF", target: "/dev/zero" });
});

Deno.test("fileIdentity() is that of the file", () => {
  using first = openFile("/dev/null", O.RDONLY);
  using second = openFile("/dev/null", O.RDONLY);
  using other = openFile("/dev/zero", O.RDONLY);
  assert.deepEqual(fileIdentity(first), fileIdentity(second));
  assert.notDeepEqual(fileIdentity(first), fileIdentity(other));
});

Deno.test("cString() refuses NUL, which would cut a path", () => {
  assert.deepEqual([...cString("a")], [0x61, 0]);
  assert.throws(() => cString("/tmp\0/x"), TypeError);
});

Deno.test("FileDescriptor closes once and cannot be used afterwards", () => {
  const { file, next } = closedAndNext();
  using _next = next;
  assert.ok(!openDescriptors().includes(file));
  assert.throws(() => file.fd, TypeError);
  file[Symbol.dispose](); // must not close the other file
  assert.equal(readFile(next, new Uint8Array(1)), 1);
});

/** A file that was closed, and one that has got its number: tests of other threads open files of this process, too. */
function closedAndNext(): { readonly file: FileDescriptor; readonly next: FileDescriptor } {
  for (;;) {
    const file = openFile("/dev/null", O.RDONLY);
    assert.ok(openDescriptors().includes(file));
    const { fd } = file;
    file[Symbol.dispose]();
    const next = openFile("/dev/zero", O.RDONLY);
    if (next.fd === fd) return { file, next };
    next[Symbol.dispose]();
  }
}

Deno.test("FileDescriptor tells where it was opened", () => {
  using file = openFile("/dev/null", O.RDONLY);
  assert.match(file.opened.stack ?? "", /\/dev\/null \(descriptor \d+\) was opened here[\s\S]*syscall_test\.ts/);
});

Deno.test("closing a number that is not open is an error", () => {
  const file = new FileDescriptor(0x7fff_0000, "nothing");
  assert.throws(() => file[Symbol.dispose](), { syscall: "close", code: "EBADF" });
});

Deno.test("sockets do not block, and are waited for with poll", async () => {
  using socket = openSocket(socketOptions);
  bindSocket(socket, netlinkAddress());
  assert.equal(receiveFrom(socket, new Uint8Array(64)), undefined);
  assert.equal(pollFor(socket, { events: POLL.IN, timeoutMs: 0 }), 0);
  const later = pollLater(socket, { events: POLL.IN, timeoutMs: 5000 });
  // struct nlmsghdr of RTM_GETLINK with NLM_F_REQUEST and NLM_F_ACK, without payload: the kernel refuses it.
  const request = new Uint8Array(16);
  new Uint32Array(request.buffer).set([16, 0, 1, 0]);
  new Uint16Array(request.buffer).set([RTM.GETLINK, NLM_F.REQUEST | NLM_F.ACK], 2);
  sendTo(socket, request, netlinkAddress());
  assert.equal(await later, POLL.IN);
  assert.equal(pollFor(socket, { events: POLL.IN, timeoutMs: 0 }), POLL.IN);
  const length = receiveFrom(socket, new Uint8Array(0), { flags: MSG.PEEK | MSG.TRUNC });
  assert.ok(length !== undefined && length >= 36, `length ${length}`);
});

Deno.test("setSocketOption() fails by name", () => {
  using socket = openSocket(socketOptions);
  const option = { level: SOL.NETLINK, option: 9999, value: 1 };
  assert.throws(() => setSocketOption(socket, option), { code: "ENOPROTOOPT", target: "netlink socket" });
});

Deno.test("isSyscallError() asks for class and code", () => {
  const error = new SyscallError("open", { errno: 2 });
  assert.equal(isSyscallError(error, "EPERM", "ENOENT"), true);
  assert.equal(isSyscallError(error, "EPERM"), false);
  assert.equal(isSyscallError(new Error("ENOENT"), "ENOENT"), false);
  assert.equal(error.message, "Cannot open: ENOENT");
  assert.equal(new SyscallError("open", { errno: 4095 }).code, "errno 4095");
});

/** `struct sockaddr_nl` of the kernel. */
function netlinkAddress(): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(12);
  new Uint16Array(address.buffer)[0] = AF.NETLINK;
  return address;
}
