// Keys of a call: 1 to 8 the outcome, Enter records, j skips; what it would do is shown while one types.
// The page does all it can without this file: then a first Enter shows the effect, and a second one records.
"use strict";
(() => {
  const form = document.querySelector("#uitkomst");
  const skip = document.querySelector("[data-skip]");
  const inside = (event) => event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (form && event.key === "Enter" && !event.shiftKey && event.target.matches("#uitkomst :is(textarea, input, select)")) {
      event.preventDefault();
      return void record();
    }
    if (document.documentElement.dataset.keys === "off" || inside(event)) return;
    if (event.key === "j" && skip) {
      event.preventDefault();
      return void location.assign(skip.href);
    }
    const outcome = form && /^[1-8]$/.test(event.key) && form.querySelector(`[data-outcome="${event.key}"]`);
    if (!outcome) return;
    event.preventDefault();
    outcome.checked = true;
    look();
    const part = form.querySelector(`[data-part="${outcome.value}"]`);
    const field = part && part.querySelector("input, select");
    (field || form.querySelector("textarea")).focus();
  });
  if (!form) return;

  const effect = form.querySelector("#gevolg");
  const button = form.querySelector("[data-act]");
  let asked = 0;
  let shown = Promise.resolve();
  let timer = 0;

  async function show() {
    const own = ++asked;
    const data = new FormData(form);
    data.set("wat", "deel");
    for (const stale of ["gezien", "mark"]) data.delete(stale);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "error" });
      if (!answer.ok || own !== asked) return;
      effect.innerHTML = await answer.text();
      if (button.dataset.record) {
        button.firstChild.textContent = `${button.dataset.record} `;
        button.value = "vastleggen";
      }
    } catch {
      // The server is away for a moment: the button asks it again.
    }
  }

  function look() {
    clearTimeout(timer);
    if (form.querySelector("[data-outcome]:checked")) shown = show();
  }

  async function record() {
    // Only what was shown is recorded: what was typed last is shown first, and stays to be read where it can't be.
    look();
    await shown;
    const seen = effect.querySelector("[name=gezien]");
    if (seen && seen.value && !effect.querySelector(".red")) form.requestSubmit(button);
    else if (!seen || !seen.value) form.requestSubmit(button);
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  form.addEventListener("change", look);
  if (form.querySelector("[data-outcome]:checked")) look();
})();
