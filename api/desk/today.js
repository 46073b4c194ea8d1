// Keys 1 to 8 go to a block of Today. The page does all it can without this file.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  const head = /^[1-8]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (!head) return;
  event.preventDefault();
  head.scrollIntoView({ block: "start" });
  head.focus({ preventScroll: true });
});
