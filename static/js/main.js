// Starts every behaviour found by its attribute, on load and in each fragment that htmx brings.
import { start as copy } from "./behaviours/copy.js";
import { start as drawer } from "./behaviours/drawer.js";
import { start as evidence } from "./behaviours/evidence.js";
import { start as fileDrop } from "./behaviours/file-drop.js";
import { start as menu } from "./behaviours/menu.js";
import { start as rowOpen } from "./behaviours/row-open.js";
import { start as theme } from "./behaviours/theme.js";

const BEHAVIOURS = { copy, drawer, evidence, "file-drop": fileDrop, menu, "row-open": rowOpen, theme };

function startIn(root) {
  for (const [name, start] of Object.entries(BEHAVIOURS)) {
    const selector = `[data-ordos-${name}]`;
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      const mark = `ordosStarted_${name.replace("-", "_")}`;
      if (element.dataset[mark]) continue;
      element.dataset[mark] = "1";
      start(element);
    }
  }
}

startIn(document.documentElement);
document.addEventListener("htmx:load", (event) => startIn(event.target));
