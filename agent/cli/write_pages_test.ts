import assert from "node:assert/strict";
import { describedCli } from "./described.ts";
import { commandPages } from "./pages.ts";
import { writePages } from "./write_pages.ts";

Deno.test("agent row 2.2: writePages() writes a page for each command into a folder that it makes", () => {
  const folder = Deno.makeTempDirSync({ prefix: "pages-" });
  try {
    const pages = commandPages(describedCli());
    writePages(pages, `${folder}/new/pages`);
    const written = [...Deno.readDirSync(`${folder}/new/pages`)].map(({ name }) => name).sort();
    assert.deepEqual(written, pages.map(({ file }) => file).sort());
    const daemon = Deno.readTextFileSync(`${folder}/new/pages/spiderpool-agent_daemon.md`);
    assert.match(daemon, /--config-path/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test({
  name: "writePages() says where it may write",
  permissions: { write: ["/run"] },
  fn: () =>
    assert.throws(
      () => writePages([], "/opt/pages"),
      /may write below \/run, \/var\/run and \/var\/log\/spidernet only/,
    ),
});
