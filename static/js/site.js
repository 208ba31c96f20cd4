// What makes the pages smoother; every one of them works without this file.
const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (kind, act) => document.addEventListener(kind, act);
const words = () => $("#words").dataset;

// ---- Requests: one token for the whole page ----
const token = () => $("#act [name=csrfmiddlewaretoken]")?.value ?? "";

async function send(url, body, headers = {}) {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch", ...headers } });
  if (answer.redirected && answer.url.includes("/login/")) location.assign(answer.url);
  if (!answer.ok) throw new Error(answer.status);
}
on("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
on("htmx:responseError", (event) => trouble(event.detail.xhr.status));
on("htmx:sendError", () => trouble(0));

// ---- Toasts; the server sends them too: HX-Trigger: {"toast": {"text": "…", "kind": "good"}} ----
export function toast(text, kind) {
  const shape = $("#toast-shape").content.firstElementChild.cloneNode(true);
  if (kind) shape.classList.add(`toast-${kind}`);
  $("span", shape).textContent = text;
  $("#toasts").append(shape);
  lapse(shape);
}
function lapse(shape) {
  if (shape.matches(".toast-bad, .toast-error")) return;
  setTimeout(() => (shape.matches(":hover, :focus-within") ? lapse(shape) : shape.remove()), 7000);
}
function trouble(status) {
  toast(Number(status) === 429 ? words().slow : Number(status) ? words().failed : words().offline, "bad");
}
on("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.kind));

// ---- Theme: a cookie, so that the server draws the page in it ----
const THEMES = { auto: "theme", light: "sun", dark: "moon" };
const themeNow = () => root.dataset.theme ?? "auto";

function showTheme(button) {
  const use = $("use", button);
  button.ariaLabel = button.dataset[themeNow()];
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${THEMES[themeNow()]}`));
}
function nextTheme() {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(themeNow()) + 1) % names.length];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; samesite=lax; max-age=${next === "auto" ? 0 : 31536000}${location.protocol === "https:" ? "; secure" : ""}`;
  $$("[data-theme-switch]").forEach(showTheme);
}

// ---- Copying: data-copy="id of what to copy" or data-text="the words" ----
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source ? (source.value ?? source.textContent) : button.dataset.text;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  toast(button.dataset.done ?? words().copied, "good");
}

// ---- Favourites: shown at once, taken back if the server says no ----
async function favour(button) {
  const was = button.ariaPressed;
  button.ariaPressed = String(was !== "true");
  try {
    await send(button.formAction, new FormData());
  } catch (error) {
    button.ariaPressed = was;
    trouble(error.message);
  }
}

// ---- Variables: in [data-fill], the [data-template] is written into [data-result] with what [data-variable] say.
// Where the server marked the places itself (data-slot), nothing has to be guessed from brackets. ----
function parts(source) {
  const inside = source?.content ?? source;
  if (!inside) return [];
  if (!$("[data-slot]", inside)) return inside.textContent.split(/(\[[^[\]\n]{1,80}\])/).map((text) => ({ text, name: text[0] === "[" ? text.slice(1, -1) : null }));
  return [...inside.childNodes].map((node) => ({ text: node.textContent, name: node.dataset?.slot ?? null }));
}
function fill(box) {
  const values = new Map($$("[data-variable]", box).map((input) => [input.dataset.variable, input.value || (input.dataset.default ?? "")]));
  for (const result of $$("[data-result]", box)) {
    const source = document.getElementById(result.dataset.result) ?? $("[data-template]", box);
    result.replaceChildren(...parts(source).map(({ text, name }) => {
      if (!values.has(name)) return text;
      const value = values.get(name);
      return Object.assign(document.createElement("span"), { className: `placeholder${value ? " placeholder-filled" : ""}`, textContent: value || text });
    }));
  }
}

// ---- Forms ----
let waiting;
function autosave(form) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const state = $("[data-saved]", form) ?? { dataset: {} };
    state.textContent = state.dataset.saving;
    try {
      await send(form.dataset.autosave, new FormData(form), { "X-Autosave": "1" });
      delete form.dataset.dirty;
      state.textContent = state.dataset.saved;
      form.dispatchEvent(new Event("saved", { bubbles: true }));
    } catch {
      state.textContent = state.dataset.failed;
    }
  }, 900);
}
function count(input) {
  const place = $(`[data-count-for="${CSS.escape(input.id)}"]`);
  if (!place) return;
  const limit = Number(place.textContent.split("/").pop());
  place.textContent = `${[...input.value].length} / ${limit}`;
  place.toggleAttribute("data-over", [...input.value].length > limit);
}
// <div class="drop" data-upload="url" data-name="image" data-into="#list">…<div data-uploads></div></div>
function upload(box, file) {
  const row = Object.assign(document.createElement("div"), { className: "upload", textContent: file.name });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0, ariaLabel: file.name });
  const data = new FormData();
  const request = new XMLHttpRequest();
  const fail = (text) => {
    row.classList.add("upload-bad");
    bar.replaceWith(text && text.length < 200 && text[0] !== "<" ? text : words().failed);
  };
  row.append(bar);
  ($("[data-uploads]", box) ?? box).append(row);
  data.append(box.dataset.name ?? "image", file);
  request.upload.onprogress = (event) => { bar.value = event.loaded / event.total; };
  request.onerror = () => fail("");
  request.onload = () => {
    if (request.status >= 300) return fail(request.responseText);
    row.remove();
    const target = $(box.dataset.into ?? "[data-uploads]");
    target.insertAdjacentHTML("beforeend", request.responseText);
    window.htmx?.process(target);
  };
  request.open("POST", box.dataset.upload);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("HX-Request", "true");
  request.send(data);
}

// ---- Gallery ----
function zoom(link) {
  const gallery = link.closest("[data-gallery]");
  const links = $$("[data-zoom]", gallery);
  const dialog = $("dialog", gallery);
  const picture = $("[data-zoom-picture]", dialog);
  let at = links.indexOf(link);
  const show = (step) => {
    at = (at + step + links.length) % links.length;
    picture.src = links[at].href;
    picture.alt = $("img", links[at]).alt;
    $("[data-zoom-caption]", dialog).textContent = links[at].dataset.caption;
    $("[data-zoom-place]", dialog).textContent = `${at + 1} / ${links.length}`;
    delete picture.parentElement.dataset.full;
  };
  $("[data-zoom-previous]", dialog).onclick = () => show(-1);
  $("[data-zoom-next]", dialog).onclick = () => show(1);
  picture.onclick = () => picture.parentElement.toggleAttribute("data-full");
  dialog.onkeydown = (event) => show({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0);
  dialog.onclose = () => links[at].focus();
  show(0);
  dialog.showModal();
}

// ---- One listener for each kind of event ----
on("click", (event) => {
  const hit = (selector) => event.target.closest?.(selector);
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  let at;
  if ((at = hit("[data-dismiss]"))) at.closest("[data-toast], [data-dismissable]").remove();
  else if (hit("[data-theme-switch]")) nextTheme();
  else if ((at = hit("[data-copy], [data-text]"))) copy(at);
  else if ((at = hit("[data-open]"))) document.getElementById(at.dataset.open)?.showModal();
  else if ((at = hit("[data-favourite]")) && token()) { event.preventDefault(); favour(at); }
  else if ((at = hit("[data-zoom]")) && plain) { event.preventDefault(); zoom(at); }
  else if (event.target.matches?.("dialog")) event.target.close();
  else if (hit(".card-link") && plain) {
    // The picture of the card that was followed becomes the picture of the next page.
    for (const main of $$(".gallery-main")) main.style.viewTransitionName = "none";
    $(".card-frame", hit("[data-card]")).style.viewTransitionName = "work";
  }
});
on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  // The page's one form serves many buttons, so there it is the button that is used up.
  const used = form.id === "act" ? event.submitter : form;
  if (used.dataset.sent || (used.dataset.confirm && !confirm(used.dataset.confirm))) return event.preventDefault();
  delete form.dataset.dirty;
  if (form.matches("[hx-post]")) return;
  used.dataset.sent = "yes";
  if (event.submitter) event.submitter.ariaBusy = "true";
});
addEventListener("pageshow", (event) => {
  // Back from the next page: everything may be sent again.
  if (!event.persisted) return;
  for (const used of $$("[data-sent]")) delete used.dataset.sent;
  for (const busy of $$('[aria-busy="true"]')) busy.ariaBusy = null;
  for (const frame of $$(".card-frame, .gallery-main")) frame.style.viewTransitionName = "";
});
addEventListener("beforeunload", (event) => { if ($("form[data-guard][data-dirty]")) event.preventDefault(); });
on("input", (event) => {
  const input = event.target;
  if (input.type === "file") return; // sent by itself
  if (input.id) count(input);
  if (input.closest("[data-fill]")) fill(input.closest("[data-fill]"));
  if (input.form) input.form.dataset.dirty = "";
  if (input.form?.dataset.autosave) autosave(input.form);
});
on("change", (event) => {
  const input = event.target;
  const box = input.closest("[data-upload]");
  if (box && input.type === "file") { for (const file of input.files) upload(box, file); input.value = ""; }
  if (input.closest("[data-instant]")) {
    input.form.requestSubmit();
    sessionStorage.setItem("instant", input.name); // where the next page goes on
  }
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  on(kind, (event) => {
    const box = event.target.closest?.("[data-upload]");
    if (!box) return;
    event.preventDefault();
    box.toggleAttribute("data-over", kind === "dragover");
    if (kind === "drop") for (const file of event.dataTransfer.files) upload(box, file);
  });
}
// ---- Dragging a row by its handle; the buttons beside it do the same without a mouse ----
let carried = null;
on("dragstart", (event) => {
  carried = event.target.closest?.("[data-drag]")?.closest("[data-picture]");
  if (!carried) return;
  carried.dataset.carried = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setDragImage(carried, 16, 16);
});
on("dragover", (event) => {
  const row = carried && event.target.closest?.("[data-picture]");
  if (!row || row === carried || row.parentElement !== carried.parentElement) return;
  event.preventDefault();
  const { top, height } = row.getBoundingClientRect();
  if (event.clientY < top + height / 2) row.before(carried);
  else row.after(carried);
});
on("dragend", () => {
  if (!carried) return;
  delete carried.dataset.carried;
  // Rows are saved in the order in which they stand in the form.
  $("input, textarea", carried).dispatchEvent(new Event("input", { bubbles: true }));
  carried = null;
});
on("keydown", (event) => {
  const { key, target } = event;
  if (key === "Escape") for (const menu of $$("details.menu[open]")) { menu.open = false; $("summary", menu).focus(); }
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, textarea, select, [contenteditable]") || $("dialog[open]")) return;
  const keyed = $(`[data-key="${CSS.escape(key)}"]`);
  if (key === "/") $("[data-search] input")?.select();
  else if (key === "?") $("#keys")?.showModal();
  else if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
  else if (keyed) keyed.click();
  else if (key === "f" && target.closest("[data-card]")) $("[data-favourite]", target.closest("[data-card]"))?.click();
  else return;
  event.preventDefault();
});
function walk(step) {
  const stops = $$("[data-grid] .card-link, [data-walk]");
  const at = stops.indexOf(document.activeElement);
  const next = stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(at + step, 0), stops.length - 1)];
  next?.focus();
  next?.closest("[data-card]")?.scrollIntoView({ block: "nearest" });
}

// ---- Suggestions under the search field: arrows walk, Escape closes ----
const typing = $("[data-suggest] input");
const suggested = $("#suggestions");
let asked;
function closeSuggestions() {
  suggested?.replaceChildren();
}
async function suggest() {
  const words = typing.value.trim();
  if (words.length < 2) return closeSuggestions();
  const url = `${typing.form.dataset.suggest}?q=${encodeURIComponent(words)}`;
  asked = url;
  const answer = await fetch(url).catch(() => null);
  // Only the newest question is answered, and only while somebody is there to read it.
  if (answer?.ok && asked === url && typing.form.contains(document.activeElement)) suggested.innerHTML = await answer.text();
}
let pause;
typing?.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(suggest, 120); });
typing?.form.addEventListener("focusout", (event) => { if (!typing.form.contains(event.relatedTarget)) closeSuggestions(); });
typing?.form.addEventListener("keydown", (event) => {
  const stops = [typing, ...$$("a", suggested)];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && stops.length > 1) { closeSuggestions(); typing.focus(); }
  else if (step && stops.length > 1) stops.at((stops.indexOf(document.activeElement) + step) % stops.length).focus();
  else return;
  event.preventDefault();
});

// ---- What a fresh page or fragment needs ----
function prepare(within) {
  $$("[data-toast]", within).forEach(lapse);
  $$("[data-theme-switch]", within).forEach(showTheme);
  $$("[data-fill]", within).forEach(fill);
  $("[data-focus-first]", within)?.focus();
  // What was asked for in order to be copied is copied when it comes.
  $("[data-copy-now]", within)?.click();
}
on("htmx:load", (event) => { if (event.detail.elt !== document.body) prepare(event.detail.elt); });
prepare(document);
const instant = sessionStorage.getItem("instant");
if (instant) $(`[data-instant][name="${CSS.escape(instant)}"]`)?.focus({ preventScroll: true });
sessionStorage.removeItem("instant");
