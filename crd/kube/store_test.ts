import assert from "node:assert/strict";
import { type Log, type LogFields, silentLog } from "../../net/base/log.ts";
import { keyOf } from "./key.ts";
import { Store, type StoreListener } from "./store.ts";

interface Thing {
  metadata: { name: string; namespace?: string; uid?: string; resourceVersion?: string };
  color?: string;
}

function thing(name: string, resourceVersion: string, more: { color?: string; uid?: string } = {}): Thing {
  const { uid = "u", ...rest } = more;
  return { metadata: { name, namespace: "a", uid, resourceVersion }, ...rest };
}

/** Writes down what it hears, as `change name@version`. */
function recorder(): { heard: string[]; listener: StoreListener<Thing> } {
  const heard: string[] = [];
  const text = ({ metadata }: Thing) => `${metadata.name}@${metadata.resourceVersion}`;
  return {
    heard,
    listener: {
      added: (object) => void heard.push(`added ${text(object)}`),
      updated: (object, previous) => void heard.push(`updated ${text(previous)} ${text(object)}`),
      deleted: (object) => void heard.push(`deleted ${text(object)}`),
    },
  };
}

interface Case {
  name: string;
  before?: Thing[];
  change: (store: Store<Thing>) => unknown;
  returns?: boolean;
  heard: string[];
  after: string[];
}

const cases: Case[] = [
  { name: "put a new one", change: (s) => s.put(thing("x", "1")), returns: true, heard: ["added x@1"], after: ["x@1"] },
  {
    name: "put a newer one",
    before: [thing("x", "9")],
    change: (s) => s.put(thing("x", "10")),
    returns: true,
    heard: ["updated x@9 x@10"],
    after: ["x@10"],
  },
  {
    name: "put an older one",
    before: [thing("x", "10")],
    change: (s) => s.put(thing("x", "9")),
    returns: false,
    heard: [],
    after: ["x@10"],
  },
  {
    name: "put the same one",
    before: [thing("x", "10")],
    change: (s) => s.put(thing("x", "10")),
    returns: false,
    heard: [],
    after: ["x@10"],
  },
  {
    name: "put versions that cannot be compared",
    before: [thing("x", "opaque")],
    change: (s) => s.put(thing("x", "9")),
    returns: true,
    heard: ["updated x@opaque x@9"],
    after: ["x@9"],
  },
  {
    name: "put another object of the same name",
    before: [thing("x", "1", { uid: "old" })],
    change: (s) => s.put(thing("x", "2", { uid: "new" })),
    returns: true,
    heard: ["deleted x@1", "added x@2"],
    after: ["x@2"],
  },
  {
    name: "remove",
    before: [thing("x", "1")],
    change: (s) => s.remove(thing("x", "2")),
    returns: true,
    heard: ["deleted x@2"],
    after: [],
  },
  { name: "remove what is not there", change: (s) => s.remove(thing("x", "2")), returns: false, heard: [], after: [] },
  {
    name: "remove the predecessor of what is there",
    before: [thing("x", "5")],
    change: (s) => s.remove(thing("x", "4")),
    returns: false,
    heard: [],
    after: ["x@5"],
  },
  {
    name: "replace: what changed, came and went while nobody looked",
    before: [thing("same", "1"), thing("changed", "2"), thing("gone", "3")],
    change: (s) => s.replace([thing("same", "1"), thing("changed", "5"), thing("new", "4")]),
    heard: ["updated changed@2 changed@5", "added new@4", "deleted gone@3"],
    after: ["same@1", "changed@5", "new@4"],
  },
  {
    name: "replace: an older state, the server was restored",
    before: [thing("x", "100")],
    change: (s) => s.replace([thing("x", "7")]),
    heard: ["updated x@100 x@7"],
    after: ["x@7"],
  },
  {
    name: "replace: with nothing",
    before: [thing("x", "1")],
    change: (s) => s.replace([]),
    heard: ["deleted x@1"],
    after: [],
  },
];
for (const { name, before = [], change, returns, heard, after } of cases) {
  Deno.test(`Store: ${name}`, () => {
    const store = new Store<Thing>({ log: silentLog });
    store.replace(before);
    const listener = recorder();
    store.subscribe(listener.listener);
    listener.heard.length = 0;
    assert.equal(change(store), returns);
    assert.deepEqual(listener.heard, heard);
    assert.deepEqual(store.list().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`), after);
    assert.equal(store.size, after.length);
  });
}

Deno.test("Store finds objects by key and by index, as they are now", () => {
  const byColor = (object: Thing) => object.color?.split(",") ?? [];
  const store = new Store<Thing>({ log: silentLog, indexes: { color: byColor } });
  const named = (color: string) => store.byIndex("color", color).map(({ metadata }) => metadata.name);
  store.put(thing("x", "1", { color: "red,blue" }));
  store.put(thing("y", "2", { color: "red" }));
  assert.equal(store.get("a/x")?.color, "red,blue");
  assert.equal(store.get("x"), undefined);
  assert.deepEqual([named("red"), named("blue"), named("green")], [["x", "y"], ["x"], []]);
  store.put(thing("x", "3", { color: "green" }));
  assert.deepEqual([named("red"), named("blue"), named("green")], [["y"], [], ["x"]]);
  store.remove(thing("y", "4"));
  store.replace([thing("z", "5", { color: "blue" })]);
  assert.deepEqual([named("red"), named("blue"), named("green")], [[], ["z"], []]);
  assert.throws(() => store.byIndex("size", "1"), RangeError);
});

Deno.test("Store: an index keeps to what it filed, even if someone changed the object", () => {
  const store = new Store<Thing>({ log: silentLog, indexes: { color: (object) => [object.color ?? ""] } });
  const object = thing("x", "1", { color: "red" });
  store.put(object);
  object.color = "blue";
  store.put(thing("x", "2", { color: "green" }));
  assert.deepEqual(store.byIndex("color", "red"), []);
});

function recordingLog(): { log: Log; lines: [string, LogFields | undefined][] } {
  const lines: [string, LogFields | undefined][] = [];
  return { lines, log: { ...silentLog, error: (message, fields) => void lines.push([message, fields]) } };
}

Deno.test("Store: a listener that throws is logged, and the others hear", () => {
  const { log, lines } = recordingLog();
  const store = new Store<Thing>({ log });
  const err = new Error("broken");
  const fail = () => {
    throw err;
  };
  store.subscribe({ added: fail });
  const { heard, listener } = recorder();
  store.subscribe(listener);
  store.put(thing("x", "1"));
  assert.deepEqual(heard, ["added x@1"]);
  assert.deepEqual(lines, [["store listener failed", { change: "added", object: "a/x", err }]]);
});

Deno.test("Store: an index function that throws is logged, and the object is kept", () => {
  const { log, lines } = recordingLog();
  const store = new Store<Thing>({ log, indexes: { bad: (object) => JSON.parse(object.color ?? "") } });
  store.put(thing("x", "1", { color: "{" }));
  assert.equal(store.size, 1);
  assert.equal(lines[0]?.[0], "index function failed");
});

Deno.test("Store: a subscriber hears first what is there, and nothing after it left", () => {
  const store = new Store<Thing>({ log: silentLog });
  store.put(thing("x", "1"));
  const { heard, listener } = recorder();
  const leave = store.subscribe(listener);
  const keys: string[] = [];
  const leaveKeys = store.subscribeKeys((key) => keys.push(key));
  store.put(thing("x", "2"));
  leave();
  leaveKeys();
  store.remove(thing("x", "3"));
  assert.deepEqual(heard, ["added x@1", "updated x@1 x@2"]);
  assert.deepEqual(keys, ["a/x", "a/x"]);
  assert.equal(keyOf(thing("x", "1").metadata), "a/x");
});
