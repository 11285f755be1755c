// Copies a reference number or a fingerprint. Hidden where the browser has no clipboard (plain http on an intranet).
export function start(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.ordosCopy);
    const said = button.dataset.copied;
    if (said) button.setAttribute("aria-label", said);
  });
}
