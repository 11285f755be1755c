// A file may be dropped on the field; the plain file input stays and does the work.
export function start(field) {
  const input = field.querySelector('input[type="file"]');
  if (!input) return;
  for (const name of ["dragenter", "dragover"]) {
    field.addEventListener(name, (event) => {
      event.preventDefault();
      field.setAttribute("data-over", "");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    field.addEventListener(name, () => field.removeAttribute("data-over"));
  }
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length === 1) input.files = event.dataTransfer.files;
  });
}
