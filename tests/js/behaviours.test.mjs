import assert from "node:assert/strict";
import { test } from "node:test";

import { tie } from "../../static/js/behaviours/evidence.js";
import { isRowClick } from "../../static/js/behaviours/row-open.js";
import { themeFor } from "../../static/js/behaviours/theme.js";

test("a chosen theme wins over the system, auto follows it", () => {
  assert.equal(themeFor("light", true), "light");
  assert.equal(themeFor("dark", false), "dark");
  assert.equal(themeFor("auto", true), "dark");
  assert.equal(themeFor("auto", false), "light");
  assert.equal(themeFor("neon", false), "light");
});

test("a click on a link, a button or selected text does not open the row", () => {
  const inside = { closest: () => ({}) };
  const plain = { closest: () => null };
  assert.equal(isRowClick(plain, ""), true);
  assert.equal(isRowClick(inside, ""), false);
  assert.equal(isRowClick(plain, "copied words"), false);
});

test("exactly the row of the evidence is marked", () => {
  const marks = {};
  const row = (code) => ({ code, mark: (on) => (marks[code] = on) });
  tie([row("DD05"), row("DD06"), row("DD07")], "DD06");
  assert.deepEqual(marks, { DD05: false, DD06: true, DD07: false });
});
