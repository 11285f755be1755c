// The rail on a phone. Without script its link jumps to #rail and :target opens it.
export function start(rail) {
  const opener = document.querySelector("[data-drawer-open]");
  if (!opener) return;
  const set = (open) => {
    rail.toggleAttribute("data-open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) rail.querySelector("a")?.focus();
  };
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    set(!rail.hasAttribute("data-open"));
  });
  document.addEventListener("click", (event) => {
    if (rail.hasAttribute("data-open") && !rail.contains(event.target) && !opener.contains(event.target)) set(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && rail.hasAttribute("data-open")) {
      set(false);
      opener.focus();
    }
  });
}
