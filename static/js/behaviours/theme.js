// Light, dark or as the system: one group of buttons, kept in this browser.
const KEY = "ordos-theme";
const CHOICES = ["light", "dark", "auto"];

/** The theme to show for a choice. Pure. */
export function themeFor(choice, systemIsDark) {
  if (choice === "light" || choice === "dark") return choice;
  return systemIsDark ? "dark" : "light";
}

function stored() {
  try {
    const choice = localStorage.getItem(KEY);
    return CHOICES.includes(choice) ? choice : "auto";
  } catch {
    return "auto";
  }
}

function keep(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export function start(element) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const buttons = [...element.querySelectorAll("[data-theme-choice]")];
  let choice = stored();
  const show = () => {
    document.documentElement.setAttribute("data-bs-theme", themeFor(choice, system.matches));
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      choice = button.dataset.themeChoice;
      keep(choice);
      show();
    });
  }
  system.addEventListener("change", show);
  element.hidden = false;
  show();
}
