import assert from "node:assert/strict";
import { completionScript, shells } from "./completion.ts";
import { describedCli } from "./described.ts";
import { commandPages } from "./pages.ts";

const cli = describedCli();

/** What bash offers after `words`, the last of which is being typed. */
function completed(words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${completionScript(cli, "bash")}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _spiderpool_agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, success } = new Deno.Command("bash", { args: ["-uc", script] }).outputSync();
  assert.ok(success);
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

const offers: [words: string[], want: string[]][] = [
  [["spiderpool-agent", "d"], ["daemon"]],
  [["spiderpool-agent", "--v"], ["--version"]],
  [["spiderpool-agent", "metric", "--"], ["--port", "--help"]],
  [["spiderpool-agent", "daemon", "--config-"], ["--config-path", "--config-dir"]],
  [["spiderpool-agent", "nothing", "--"], []],
];
for (const [words, want] of offers) {
  Deno.test(`agent row 2.3: completionScript() lets bash offer ${want.join(" ") || "nothing"} after ${words.join(" ")}`, () => {
    assert.deepEqual(completed(words), want);
  });
}

for (const shell of shells) {
  Deno.test(`completionScript() names every command for ${shell}, and not itself`, () => {
    const script = completionScript(cli, shell);
    for (const { file } of commandPages(cli).slice(1)) {
      const command = file.slice("spiderpool-agent_".length, -".md".length);
      assert.ok(script.includes(command), command);
    }
    assert.ok(!/\bcompletion\b/.test(script));
  });
}

Deno.test("agent row 2.2: commandPages() are one for the program and each command that help shows", () => {
  const pages = commandPages(cli);
  for (const name of ["spiderpool-agent", "spiderpool-agent_daemon", "spiderpool-agent_metric"]) {
    assert.ok(pages.some(({ file }) => file === `${name}.md`), name);
  }
  assert.ok(!pages.some(({ file }) => /completion|help/.test(file)));
  const daemon = pages.find(({ file }) => file === "spiderpool-agent_daemon.md")?.text ?? "";
  assert.match(daemon, /^## spiderpool-agent daemon$/m);
  assert.match(daemon, /^\| `--config-dir <dir>` \| `\/tmp\/spiderpool\/config-map` \| /m);
});
