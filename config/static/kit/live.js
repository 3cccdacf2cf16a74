// Live pages: a message carries a kind and a reference only; the page reads itself again under its
// own rights. While nobody tells, it reads at every try to be told again: each half minute at last.

const place = document.querySelector("[data-live]");
const kinds = (place?.dataset.live ?? "").split(" ").filter(Boolean);
let wait = 1000;
let due = 0;
const NOT_YOURS = 4403; // signed out, or other rights than those that this page was drawn under

function connect() {
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${window.location.host}/ws/live`);
  socket.addEventListener("open", () => {
    // Messages were missed while the line was down, or on a slow line before it was up.
    if (wait > 1000 || performance.now() > 3000) refresh();
    wait = 1000;
    say("on");
  });
  socket.addEventListener("message", ({ data }) => {
    const { kind } = JSON.parse(data);
    if (kind === "again" || kinds.some((wanted) => kind.startsWith(wanted))) refresh();
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === NOT_YOURS) return void window.location.reload();
    say("off");
    refresh();
    setTimeout(connect, wait + Math.random() * 500);
    wait = Math.min(wait * 2, 30000);
  });
}

function refresh() {
  clearTimeout(due);
  due = setTimeout(read, 100 + Math.random() * 200); // several messages, one reading
}

async function read() {
  const active = document.activeElement;
  if (place.contains(active) && active.matches("input, textarea, select")) return void setTimeout(refresh, 2000);
  const answer = await fetch(window.location.href, { headers: { "X-Live": "1" } }).catch(() => null);
  if (!answer || answer.status >= 500) return void setTimeout(refresh, 2000); // the server is away
  if (answer.redirected || !answer.ok) return void window.location.reload(); // no longer to be seen
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = fresh.querySelector("[data-live]");
  if (!next) return;
  const focused = active?.id;
  place.replaceChildren(...next.childNodes);
  if (focused) document.getElementById(focused)?.focus();
}

function say(state) {
  document.querySelectorAll("[data-live-state]").forEach((note) => {
    note.hidden = note.dataset.liveState !== state;
  });
}

if (place && "WebSocket" in window) connect();
