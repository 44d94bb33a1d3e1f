/** A part of the tests that runs by itself. */
export interface TestLayer {
  readonly name: string;
  /** Folders, relative to the checkout. */
  readonly paths: readonly string[];
  /** Whether `--fast` runs it: all of these together take less than three minutes on two cores. */
  readonly isFast: boolean;
  /**
   * Whether its files may run at once, as many as there are cores. They are threads of one process, so that they share its
   * umask, folder and variables.
   *
   * @default false
   */
  readonly isParallel?: boolean;
}

/** All tests, the quick ones first: who broke something small learns of it at once. */
export const testLayers: readonly TestLayer[] = [
  {
    name: "unit",
    paths: [
      "net",
      "crd",
      "controller",
      "plugins",
      "scripts",
      "tests/apiserver",
      "tests/bench",
      "tests/rows",
      "tests/shared",
    ],
    isFast: true,
    isParallel: true,
  },
  // not parallel: who listens on a socket sets the umask for a moment
  { name: "agent", paths: ["agent"], isFast: true },
  { name: "kernel", paths: ["tests/kernel"], isFast: true, isParallel: true },
  { name: "plugin", paths: ["tests/cni"], isFast: true, isParallel: true },
  { name: "kube", paths: ["tests/kube"], isFast: false, isParallel: true },
  { name: "simulation", paths: ["tests/sim"], isFast: false, isParallel: true },
  { name: "virtual machine", paths: ["tests/vm"], isFast: false },
  { name: "build", paths: ["tests/build"], isFast: false },
  { name: "cluster", paths: ["tests/cluster"], isFast: false },
  { name: "real API", paths: ["tests/kube_real"], isFast: false },
  { name: "end to end", paths: ["tests/e2e"], isFast: false },
];

/** What `--help` prints. */
export function testUsage(): string {
  const fast = testLayers.filter(({ isFast }) => isFast).map(({ name }) => name);
  return `Usage: deno task test [--fast] [layer or path...] [option of deno test...]

Runs the tests layer by layer, the quick ones first, and looks what they leave on the machine.

Options:
  --fast           stop after the layers ${fast.join(", ")}
  --filter <text>  only tests whose name holds it; like all other options it goes to deno test: see deno test --help

Layers:
${
    testLayers.map(({ name, paths }) => `  ${(name.includes(" ") ? `"${name}"` : name).padEnd(18)} ${paths.join(", ")}`)
      .join("\n")
  }`;
}

/** What was asked for on the command line. */
export interface TestRequest {
  readonly layers: readonly TestLayer[];
  /** Arguments of `deno test` beside the paths. */
  readonly args: readonly string[];
}

/**
 * Reads the command line: `--fast` stops after the fast layers, names of layers or paths run just those, everything
 * else goes to `deno test`.
 *
 * @throws {RangeError} if `--fast` leaves nothing of what was named
 */
export function parseTestArgs(args: readonly string[]): TestRequest {
  const isFast = args.includes("--fast");
  const rest = args.filter((arg) => arg !== "--fast");
  const named = testLayers.filter(({ name }) => rest.includes(name));
  const others = rest.filter((arg) => !named.some(({ name }) => name === arg));
  const paths = others.filter((arg, i) => !arg.startsWith("-") && others[i - 1] !== "--filter");
  const options = others.filter((arg) => !paths.includes(arg));
  const chosen = paths.length > 0 ? [...named, { name: paths.join(" "), paths, isFast: true }] : named;
  const layers = (chosen.length > 0 ? chosen : testLayers).filter((layer) => layer.isFast || !isFast);
  if (layers.length > 0) return { layers, args: options };
  const names = named.map(({ name }) => name).join(", ");
  throw new RangeError(`Cannot run ${names} with --fast: no quick layer; name it without --fast`);
}
