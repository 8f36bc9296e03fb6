// "Leave this site": blank the page first, then go, and leave nothing to see on the way back.
// Without this file the link is a plain link to /leave. /leave/about says what neither can hide.

const LEFT = "left"; // set in this tab when somebody left; read when Back brings them to one of our pages
const PRESSES = 3;
const WITHIN = 5000;

const link = document.querySelector("[data-leave]");
const root = document.documentElement;

function remember(value) {
  try {
    if (value) sessionStorage.setItem(LEFT, "1");
    else sessionStorage.removeItem(LEFT);
  } catch { /* storage may be switched off: leaving still works */ }
}

function hasLeft() {
  try { return sessionStorage.getItem(LEFT) === "1"; } catch { return false; }
}

function blank() {
  root.classList.add("away");
  document.title = "…";
  document.body?.replaceChildren();
}

function leave() {
  const target = link?.dataset.leave || "/leave";
  remember(true);
  blank();
  location.replace(target);
}

// Back and Forward after leaving go away again; coming back on purpose (a new visit) starts afresh.
function arrive(persisted) {
  const [entry] = performance.getEntriesByType("navigation");
  if (hasLeft() && (persisted || entry?.type === "back_forward")) return leave();
  if (!persisted) remember(false);
  root.classList.remove("away");
}

link?.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// A page put away by the browser is stored hidden, so that bringing it back shows nothing before we have looked.
addEventListener("pagehide", () => root.classList.add("away"));
addEventListener("pageshow", (event) => arrive(event.persisted));

// Three presses of Shift and of nothing else. Escape is not used: it stops a page from loading.
const note = document.createElement("p");
note.className = "leave-note";
note.setAttribute("role", "status");
document.body.append(note);
let presses = 0;
let alone = false;
let timer = 0;

function say(text) {
  const line = document.createElement("span");
  line.textContent = text;
  note.replaceChildren(...(text ? [line] : []));
}

function forget() {
  presses = 0;
  clearTimeout(timer);
  say("");
}

addEventListener("keydown", (event) => {
  if (event.key === "Shift") {
    if (!event.repeat) alone = !(event.ctrlKey || event.altKey || event.metaKey);
    return;
  }
  alone = false;
  if (presses) forget();
});

addEventListener("pointerdown", () => { alone = false; });

addEventListener("keyup", (event) => {
  if (event.key !== "Shift" || !alone) return;
  alone = false;
  presses += 1;
  if (presses >= PRESSES) return leave();
  clearTimeout(timer);
  timer = setTimeout(forget, WITHIN);
  say((presses === 1 ? link?.dataset.twoMore : link?.dataset.oneMore) ?? "");
});
