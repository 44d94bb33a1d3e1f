import assert from "node:assert/strict";
import { commandsIn } from "./docs_commands.ts";

const page = `# Page

## One

Run kubectl like this:

    kubectl apply -f a/
    other command

1. And then:

       kubectl  wait --for=x job/y

## Two

    kubectl get pods
`;

Deno.test("commandsIn() takes the kubectl commands of one section", () => {
  assert.deepEqual(commandsIn(page, "One"), [["apply", "-f", "a/"], ["wait", "--for=x", "job/y"]]);
  assert.deepEqual(commandsIn(page, "Two"), [["get", "pods"]]);
  assert.deepEqual(commandsIn(page, "Three"), []);
});
