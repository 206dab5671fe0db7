import fc from "fast-check";
import { expect, test } from "vitest";
import { exceededJsonLimit } from "../../shared/lib/json-limits.ts";

const limits = { depthMax: 3, valuesMax: 6 };

test.each([
  ["[[[[]]]]", "more than 3 levels of arrays and objects"],
  ['{"a":{"b":[{}]}}', "more than 3 levels of arrays and objects"],
  ["[1,2,3,4,5,6]", "more than 6 values"],
  ["[[],[],[],[]]", "more than 6 values"],
])("%s exceeds a limit", (text, reason) => {
  expect(exceededJsonLimit(text, limits)).toBe(reason);
});

test("arrays and objects are counted apart from other values", () => {
  const few = { depthMax: 64, valuesMax: 1_000, containersMax: 3 };
  expect(exceededJsonLimit("[[1,2,3],{},4]", few)).toBeNull();
  expect(exceededJsonLimit("[[],{},[]]", few)).toBe("more than 3 arrays and objects");
});

test("the members of each object are counted apart from those of others and from elements", () => {
  const few = { depthMax: 64, valuesMax: 1_000, membersMax: 3 };
  for (const text of ['{"a":1,"b":{"c":1,"d":[1,2,3,4,5]},"e":","}', '[{"a":1,"b":2},{"a":1,"b":2}]', "[1,2,3,4]"])
    expect(exceededJsonLimit(text, few)).toBeNull();
  for (const text of ['{"a":1,"a":1,"a":1,"a":1}', '[{"a":[{"a":1,"b":[],"c":{},"d":1}]}]'])
    expect(exceededJsonLimit(text, few)).toBe("an object with more than 3 members");
});

test.each(['["[[[[[[", "]", "\\\\", "\\"[[[[", 5]', "[[[1,2]]]", '{"a":{"b":[1]}}', "", '"[[[[', "]]]]]]"])(
  "%s exceeds no limit: brackets inside strings do not count",
  (text) => {
    expect(exceededJsonLimit(text, limits)).toBeNull();
  },
);

test("closing brackets without an opening one do not hide the limits of what follows", () => {
  expect(exceededJsonLimit("]]]][[[[", limits)).toBe("more than 3 levels of arrays and objects");
});

test("the limit on depth is exactly the depth of the parsed value", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner)))
      : 0;
  fc.assert(
    fc.property(fc.json(), (text) => {
      const depth = depthOf(JSON.parse(text));
      expect(exceededJsonLimit(text, { depthMax: depth, valuesMax: 1e9 })).toBeNull();
      if (depth > 0) expect(exceededJsonLimit(text, { depthMax: depth - 1, valuesMax: 1e9 })).not.toBeNull();
    }),
  );
});
