import { AF, ETHTOOL, IFNAMSIZ, SIOC, SOCK } from "../uapi/mod.ts";
import { libc } from "./libc.ts";
import { openSocket } from "./socket.ts";
import { type Bytes, call } from "./syscall.ts";

/** `struct ethtool_drvinfo`: command, 32 bytes each of driver, version, firmware and bus address, five counts. */
const DRVINFO_BYTES = 196;
const BUS_OFFSET = 4 + 3 * 32;
/** `struct ifreq` on 64 bits: name, then a union of 24 bytes. */
const IFREQ_BYTES = 40;

/**
 * Address of a link's device on its bus, such as `0000:03:00.1`, in the netns of this thread; `""` for a link without
 * a device. Like `ethtool -i NAME`.
 *
 * @throws {SyscallError} `ENODEV` if there is no such link, `EOPNOTSUPP` if its driver does not tell
 */
export function busAddressOf(name: string): string {
  const info: Bytes = new Uint8Array(DRVINFO_BYTES);
  new DataView(info.buffer).setUint32(0, ETHTOOL.GDRVINFO, true);
  const request: Bytes = new Uint8Array(IFREQ_BYTES);
  request.set(new TextEncoder().encode(name).subarray(0, IFNAMSIZ - 1));
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(info));
  new DataView(request.buffer).setBigUint64(IFNAMSIZ, BigInt(address), true);
  using socket = openSocket({ family: AF.INET, type: SOCK.DGRAM, protocol: 0, what: "socket for ethtool" });
  call(
    { syscall: "ioctl", target: `SIOCETHTOOL ${name}` },
    () => libc().ioctl(socket.fd, BigInt(SIOC.ETHTOOL), request),
  );
  const text = new TextDecoder().decode(info.subarray(BUS_OFFSET, BUS_OFFSET + 32));
  return text.slice(0, text.indexOf("\0"));
}
