// What every page does with a script; without one each page works the same, a little slower.

const exit = document.querySelector("script[data-exit]").dataset.exit;

// Escape three times within two seconds leaves at once, and takes the page out of the history.
let pressed = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  pressed = [...pressed, Date.now()].filter((at) => Date.now() - at < 2000);
  if (pressed.length >= 3) leave();
});
document.querySelectorAll(`a[href="${exit}"]`).forEach((link) =>
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  }),
);
function leave() {
  document.documentElement.hidden = true;
  window.location.replace(exit);
}

// A page that the browser brings back from memory asks the server again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// On a phone the bars scroll: where one is comes into view.
document.querySelectorAll("nav li [aria-current]").forEach((link) => {
  const bar = link.closest("ul");
  const beyond = link.getBoundingClientRect().right - bar.getBoundingClientRect().right + 40;
  if (bar.scrollWidth > bar.clientWidth && beyond > 0) bar.scrollLeft = beyond;
});

// The list of errors is read first.
document.getElementById("error-summary")?.focus();

// Printing is offered where a script can do it.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// A second press on a sending button does nothing; the server would bear it too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 5000);
});

// The account panel closes on Escape and on a press beside it.
const me = document.querySelector(".ma-me");
document.addEventListener("click", (event) => {
  if (me?.open && !me.contains(event.target)) me.open = false;
});
me?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") me.open = false;
});

// A choice that excludes the others ("none", "could not ask") lifts them, and they lift it.
document.querySelectorAll(".ma-tiles").forEach((tiles) => {
  const apart = [...tiles.querySelectorAll(".ma-or ~ * [type=checkbox]")];
  tiles.addEventListener("change", ({ target }) => {
    if (!apart.length || !target.checked) return;
    const alone = apart.includes(target);
    tiles.querySelectorAll("[type=checkbox]").forEach((box) => {
      if (box !== target && (alone || apart.includes(box))) box.checked = false;
    });
  });
});
