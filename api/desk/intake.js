// Looks again while work goes on. The page does without: it has a link that does the same.
"use strict";
(() => {
  if (document.querySelector("[data-running]")) setTimeout(() => location.reload(), 2000);
})();
