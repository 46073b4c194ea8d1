// Ticking rows by keyboard, how many are ticked, and looking again while a job is under way. All of it works without.
"use strict";
(() => {
  const boxes = () => Array.from(document.querySelectorAll("[data-row] input[name=zaak]"));
  const count = document.querySelector("[data-count]");
  let last = null;

  function told() {
    if (count) count.textContent = String(boxes().filter((box) => box.checked).length);
  }

  function tick(through) {
    const row = document.querySelector("[data-row].at");
    const box = row && row.querySelector("input[name=zaak]");
    if (!box) return false;
    const all = boxes();
    if (through && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
      for (const each of all.slice(from, to + 1)) each.checked = true;
    } else {
      box.checked = !box.checked;
    }
    last = box;
    told();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.documentElement.dataset.keys === "off") return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return;
    if (event.key.toLowerCase() === "x" && tick(event.shiftKey)) event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[name=zaak]")) {
      last = event.target;
      told();
    }
  });
  told();

  const under = document.querySelector("[data-reload]");
  if (under) setTimeout(() => location.reload(), Number(under.dataset.reload) * 1000);
})();
