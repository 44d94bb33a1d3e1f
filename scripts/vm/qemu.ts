import type { Image } from "./image.ts";

/** Memory of the virtual machine, in megabytes. The system gives what is used. */
const MEMORY_MB = 2048;

/** Emulated processors, each a thread here: with two the tests take half the time of one. */
const PROCESSORS = 2;

/** What the kernel is told: a panic ends the machine, as a reboot does. */
const kernelArguments = [
  ...["console=ttyS0", "loglevel=4", "panic=-1", "mitigations=off"],
  "no_timer_check", // on a busy machine the timer looks broken to it
];

/**
 * The command that runs a virtual machine as a filter: what is written to its standard input comes out of the port
 * `/dev/vport0p1`, what is written to that comes to its standard output, and the console is its standard error. It ends with
 * the thread that started it, has no network and no disk, and emulates its processor: where KVM can be opened it may still not work.
 */
export function qemuCommand({ kernel, initrd }: Image): [string, ...string[]] {
  return [
    ...["setpriv", "--pdeathsig", "KILL", "--"] as const,
    "qemu-system-x86_64",
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", `${PROCESSORS}`, "-m", `${MEMORY_MB}`],
    ...["-kernel", kernel, "-initrd", initrd, "-append", kernelArguments.join(" ")],
    ...["-chardev", "file,id=console,path=/dev/stderr", "-serial", "chardev:console"],
    ...[
      "-chardev",
      "stdio,id=port,signal=off",
      "-device",
      "virtio-serial-pci",
      "-device",
      "virtserialport,chardev=port",
    ],
  ];
}
