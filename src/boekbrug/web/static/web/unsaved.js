// Asks before a page is left on which something was typed that is not saved. Without scripts nothing is asked.
"use strict";

const form = document.querySelector("form[data-unsaved]");
if (form) {
  let unsaved = form.dataset.unsaved === "yes";
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (leaving) => { if (unsaved) leaving.preventDefault(); });
}
