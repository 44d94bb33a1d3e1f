import assert from "node:assert/strict";
import { firstReason, needsCommand, testUnless } from "../../tests/shared/skip.ts";
import { jobText } from "./job.ts";

Deno.test("jobText() runs each file by itself, with the options", () => {
  const text = jobText(["a_test.ts", "b c_test.ts"], ["--filter=x y"]);
  assert.match(text, /^one 'a_test.ts'$|^one a_test.ts$/m);
  assert.match(text, /^one 'b c_test.ts'$/m);
  assert.match(text, /'--filter=x y' "\$1"/);
});

testUnless(firstReason(needsCommand("busybox")), {
  name: "jobText() is what the shell of the virtual machine takes, whatever a path holds",
  async fn() {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, jobText(['it\'s $(odd) `here` "now"_test.ts']));
      const { success, stderr } = await new Deno.Command("busybox", { args: ["sh", "-n", path] }).output();
      assert.equal(success, true, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(path);
    }
  },
});
