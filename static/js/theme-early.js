// A classic script in the head: the theme must stand before the first paint, and modules come after it.
(function () {
  let choice = null;
  try {
    choice = localStorage.getItem("ordos-theme");
  } catch {
    // A browser that forbids storage follows the system.
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
