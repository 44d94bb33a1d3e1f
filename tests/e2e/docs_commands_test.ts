import assert from "node:assert/strict";
import { commandsIn } from "./docs_commands.ts";

const page = `# Page

## One

Run kubectl like this:

    kubectl apply -f a/
    eval "$(other command)"

1. And then:

       kubectl  wait --for=x job/y

   with patience.

### More

    kubectl get nodes

## Two

\`\`\`yaml
kind: List
items:
    - kind: Pod
\`\`\`

    kubectl get pods
`;

const cases = [
  { heading: "One", want: ["kubectl apply -f a/", 'eval "$(other command)"', "kubectl  wait --for=x job/y"] },
  { heading: "More", want: ["kubectl get nodes"] },
  { heading: "Two", want: ["kubectl get pods"] },
  { heading: "Three", want: [] },
];

for (const { heading, want } of cases) {
  Deno.test(`commandsIn() takes the commands of the section "${heading}"`, () => {
    assert.deepEqual(commandsIn(page, heading), want);
  });
}
