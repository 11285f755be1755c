// A click anywhere on a row follows the row's own link; the link itself stays what the keyboard uses.

/** Whether a click on `target` belongs to the row, not to something that acts by itself. Pure but for closest(). */
export function isRowClick(target, selectedText) {
  if (selectedText) return false;
  return !target.closest("a, button, input, select, label, summary");
}

export function start(row) {
  const link = row.querySelector("[data-row-link]");
  if (!link) return;
  row.addEventListener("click", (event) => {
    if (!isRowClick(event.target, String(getSelection()))) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });
}
