// Ties the row to the evidence beside it: the row whose code the panel shows carries the tint.

/** Mark exactly the row of `code` among `rows` (objects with a code and a mark function). Pure. */
export function tie(rows, code) {
  for (const row of rows) row.mark(row.code === code);
}

export function start(panel) {
  const rows = [...document.querySelectorAll("[data-evidence-row]")].map((element) => ({
    code: element.dataset.evidenceRow,
    mark: (on) => element.classList.toggle("is-selected", on),
  }));
  tie(rows, panel.dataset.evidenceCode ?? "");
  // Brought by htmx after the page stood: the reader asked for it, so the focus goes there.
  if (document.readyState === "complete" && panel.dataset.evidenceCode) {
    panel.focus({ preventScroll: true });
    // In one column the panel stands above the table that was clicked in; it is laid out only in the next frame.
    if (!matchMedia("(min-width: 1100px)").matches) {
      requestAnimationFrame(() => panel.scrollIntoView({ behavior: "instant" }));
    }
  }
}
