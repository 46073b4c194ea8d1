// Keys and news for the desk. Every page does all it can without this file; it keeps nothing but the row under the cursor.
"use strict";
(() => {
  const places = { v: "", z: "/zaken", t: "/taken", k: "/geld", c: "/cijfers", b: "/bellen", d: "/debiteuren", i: "/importeren" };
  const first = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const visible = (element) => element.offsetParent !== null;
  let cursor = -1;
  let goUntil = 0;

  const rows = () => all("[data-row]").filter(visible);

  function mark(list, index) {
    cursor = Math.min(list.length - 1, Math.max(0, index));
    for (const row of all(".at")) row.classList.remove("at");
    list[cursor].classList.add("at");
  }

  // Whoever came by Tab into a row is in that row; from anywhere else (the head of a block) the rows after it are next.
  function step(by) {
    const list = rows();
    const focused = document.activeElement;
    let index = cursor + by;
    if (focused && !focused.closest("[data-row]") && focused !== document.body && focused.id !== "inhoud") {
      const after = list.findIndex((row) => focused.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
      index = (after < 0 ? list.length : after) - (by < 0 ? 1 : 0);
    }
    mark(list, index);
    list[cursor].scrollIntoView({ block: "nearest" });
    (first("a[href]", list[cursor]) || list[cursor]).focus({ preventScroll: true });
  }

  // Where nobody chose a row nothing is done: the first one of the block under way comes under the cursor, and it is said.
  function choose() {
    const block = document.activeElement && document.activeElement.closest("section.panel");
    const index = rows().findIndex((row) => first("[data-act]", row) && (!block || block.contains(row)));
    if (index >= 0) {
      mark(rows(), index);
      (first("a[href]", rows()[index]) || rows()[index]).focus();
    }
    say(index < 0 ? "none" : "chosen");
  }

  function say(what) {
    const line = first("#gezegd");
    if (line) line.textContent = line.dataset[what] || "";
  }

  function closeOthers(kept) {
    for (const open of all("details.why[open]")) if (open !== kept) open.open = false;
  }

  function escape() {
    const open = first("details.why[open]");
    if (open) {
      open.open = false;
      first("summary", open).focus();
    } else if (document.activeElement && document.activeElement !== document.body) {
      document.activeElement.blur();
    }
  }

  const does = {
    j: () => step(1),
    k: () => step(-1),
    w: (row) => {
      const why = first("details.why", row || document);
      if (why) {
        why.open = !why.open;
        first("summary", why).focus();
      }
    },
    e: (row) => {
      const outside = () => all("[data-act]").find((each) => each.getClientRects().length && !each.closest("[data-row]"));
      const act = (row && first("[data-act]", row)) || outside();
      if (act) act.focus(), act.matches("a") && act.click();
      else if (!row) choose();
    },
    u: () => {
      const undo = first("[data-undo]");
      if (undo) undo.focus();
    },
    "/": () => first("#zoek") && first("#zoek").focus(),
    "?": () => first("#toetsen") && first("#toetsen").togglePopover(),
    g: () => { goUntil = Date.now() + 1200; },
  };

  document.addEventListener("click", (event) => closeOthers(event.target.closest("details.why")));
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) mark(rows(), rows().indexOf(row));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") return void escape();
    if (document.documentElement.dataset.keys === "off") return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return;
    if (Date.now() < goUntil) {
      goUntil = 0;
      if (event.key in places) {
        event.preventDefault();
        location.assign("/desk" + places[event.key]);
      }
      return;
    }
    const act = does[event.key];
    if (!act || ("jk".includes(event.key) && rows().length === 0)) return;
    event.preventDefault();
    say("");
    // Who went to the head of a block left the row where he was.
    act(document.activeElement.closest("[data-key]") ? undefined : rows()[cursor]);
  });

  // A form is sent once: who presses twice sees that it is under way.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.target.method !== "post") return;
    setTimeout(() => {
      button.disabled = true;
      if (button.dataset.busy) button.textContent = button.dataset.busy;
    });
  });
  // Who opened a form goes on in it: in what is wrong, at the button for what he asked to see, else in what is to be filled
  // in first. Where it shows its effect from the start nothing is to be typed: keys do what they do everywhere.
  const form = location.hash === "#doen" && first("#doen");
  const shows = form && first(".effect", form);
  const next = form && (first("[aria-invalid=true]", form) || (shows ? location.pathname.includes("/doen/") && first("button.go", form) : first("input:not([type=hidden]), select, textarea", form)));
  // The browser goes to the fragment once more when all is there, and takes the focus away.
  if (next) addEventListener("load", () => setTimeout(() => next.focus()));
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // What is new waits behind a line: no row moves under the cursor.
  const place = first("[data-news]");
  if (!place) return;
  const line = first("#nieuws");
  async function look() {
    if (document.visibilityState !== "visible" || !line.hidden) return;
    try {
      const answer = await fetch(place.dataset.news, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const told = await answer.json();
      if (told.says) {
        first("[data-says]", line).textContent = told.says;
        line.hidden = false;
      }
    } catch {
      // The server is away for a moment: the page stays as it is, and the next look tells.
    }
  }
  setInterval(look, Number(place.dataset.every || 15) * 1000);
  document.addEventListener("visibilitychange", look);
})();
