// What makes the pages smoother; every one of them works without this file.
const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const typing = (element) => element?.matches?.("input, textarea, select, [contenteditable]");

// ---- Requests: one token for the whole page ------------------------------------------------------------------------
const token = () => $("#act [name=csrfmiddlewaretoken]")?.value ?? "";
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
document.addEventListener("htmx:responseError", (event) => trouble(event.detail.xhr.status));
document.addEventListener("htmx:sendError", () => trouble(0));

async function send(url, body, headers = {}) {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch", ...headers } });
  if (answer.redirected && /\/login\//.test(answer.url)) location.assign(answer.url);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

// ---- Toasts --------------------------------------------------------------------------------------------------------
export function toast(words, kind = "") {
  const shape = $("#toast-shape").content.firstElementChild.cloneNode(true);
  if (kind) shape.classList.add(`toast-${kind}`);
  $("span", shape).textContent = words;
  $("#toasts").append(shape);
  lapse(shape);
}
function lapse(element) {
  if (element.matches(".toast-bad, .toast-error")) return;
  const wait = () => setTimeout(() => (element.matches(":hover, :focus-within") ? wait() : element.remove()), 7000);
  wait();
}
function trouble(status) {
  const words = $("#words").dataset;
  toast(status === 429 ? words.slow : status === 0 ? words.offline : words.failed, "bad");
}
// The server speaks through HX-Trigger: {"toast": {"text": "…", "kind": "good"}}
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.kind));

// ---- Theme: a cookie, so that the server draws the page in it --------------------------------------------------------
const THEMES = ["auto", "light", "dark"];
const themeNow = () => root.dataset.theme ?? "auto";
function showTheme(button) {
  button.setAttribute("aria-label", button.dataset[themeNow()]);
  const use = $("use", button);
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, { auto: "#theme", light: "#sun", dark: "#moon" }[themeNow()]));
}
function nextTheme() {
  const next = THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=${next === "auto" ? 0 : 31536000}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  $$("[data-theme-switch]").forEach(showTheme);
}

// ---- Copying -------------------------------------------------------------------------------------------------------
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source ? (source.value ?? source.textContent) : (button.dataset.text ?? "");
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
  toast(button.dataset.done ?? $("#words").dataset.copied, "good");
}

// ---- Favourites: shown at once, taken back if the server says no --------------------------------------------------------
async function favour(button) {
  const was = button.getAttribute("aria-pressed");
  button.setAttribute("aria-pressed", String(was !== "true"));
  try {
    await send(button.formAction, new FormData());
  } catch (error) {
    button.setAttribute("aria-pressed", was);
    trouble(Number(error.message) || 0);
  }
}

// ---- Variables: the result is written beside the form --------------------------------------------------------------------
// <div data-fill><template data-template>text with [name]</template> … [data-variable] … <output data-result></div>
function fill(box) {
  const values = Object.fromEntries($$("[data-variable]", box).map((input) => [input.dataset.variable, input.value || (input.dataset.default ?? "")]));
  for (const result of $$("[data-result]", box)) {
    const source = result.dataset.result ? document.getElementById(result.dataset.result) : $("[data-template]", box);
    if (!source) continue;
    result.replaceChildren();
    for (const part of (source.content ?? source).textContent.split(/(\[[^[\]\n]{1,80}\])/)) {
      const name = /^\[(.*)\]$/s.exec(part)?.[1];
      if (!name || !(name in values)) { result.append(part); continue; }
      const mark = document.createElement("span");
      mark.className = values[name] ? "placeholder placeholder-filled" : "placeholder";
      mark.textContent = values[name] || part;
      result.append(mark);
    }
  }
}

// ---- Forms ---------------------------------------------------------------------------------------------------------
let saving;
function autosave(form) {
  clearTimeout(saving);
  saving = setTimeout(async () => {
    const state = $(form.dataset.state ?? "[data-saved]", form);
    if (state) state.textContent = state.dataset.saving;
    try {
      await send(form.dataset.autosave, new FormData(form), { "X-Autosave": "1" });
      form.dataset.clean = "";
      if (state) state.textContent = state.dataset.saved;
    } catch { if (state) state.textContent = state.dataset.failed; }
  }, 900);
}
function count(input) {
  const place = $(`[data-count-for="${CSS.escape(input.id)}"]`);
  if (!place) return;
  const limit = Number(place.textContent.split("/").pop());
  place.textContent = `${[...input.value].length} / ${limit}`;
  place.toggleAttribute("data-over", [...input.value].length > limit);
}
function upload(box, files) {
  const list = $("[data-uploads]", box) ?? box.nextElementSibling;
  for (const file of files) {
    const row = document.createElement("div");
    row.className = "upload";
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    row.append(file.name, document.createElement("span"), bar);
    list.append(row);
    const data = new FormData();
    data.append(box.dataset.name ?? "image", file);
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => { bar.value = event.loaded / event.total; };
    request.onload = () => {
      if (request.status >= 300) return fail(request.responseText);
      row.remove();
      const target = box.dataset.into && $(box.dataset.into);
      if (target) { target.insertAdjacentHTML("beforeend", request.responseText); window.htmx?.process(target); }
    };
    const fail = (words) => { row.classList.add("upload-bad"); bar.remove(); row.append(words.length < 200 && words[0] !== "<" ? words : $("#words").dataset.failed); };
    request.onerror = () => fail("");
    request.open("POST", box.dataset.upload);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("HX-Request", "true");
    request.send(data);
  }
}

// ---- Gallery -------------------------------------------------------------------------------------------------------
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
  dialog.onkeydown = (event) => { if (event.key === "ArrowLeft") show(-1); if (event.key === "ArrowRight") show(1); };
  dialog.onclose = () => links[at].focus();
  show(0);
  dialog.showModal();
}

// ---- One listener for each kind of event -----------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest?.(selector);
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  for (const open of $$("details.menu[open]")) if (!open.contains(event.target)) open.open = false;
  if (hit("[data-dismiss]")) hit("[data-dismiss]").closest("[data-toast], [data-dismissable]").remove();
  else if (hit("[data-theme-switch]")) nextTheme();
  else if (hit("[data-copy], [data-text]")) copy(hit("[data-copy], [data-text]"));
  else if (hit("[data-open]")) document.getElementById(hit("[data-open]").dataset.open)?.showModal();
  else if (hit("[data-favourite]") && token()) { event.preventDefault(); favour(hit("[data-favourite]")); }
  else if (hit("[data-zoom]") && plain) { event.preventDefault(); zoom(hit("[data-zoom]")); }
  else if (event.target.matches?.("dialog")) event.target.close();
  const card = hit("[data-card]");
  // The picture of the card that was followed becomes the picture of the page.
  if (card && hit(".card-link") && plain) $(".card-frame", card).style.viewTransitionName = "work";
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent !== undefined) return event.preventDefault();
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  form.dataset.clean = "";
  if (form.method !== "post" || form.id === "act" || form.matches("[hx-post]")) return;
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
});
// Back from another page: forms may be sent again.
addEventListener("pageshow", () => {
  $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
  $$('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
  $$(".card-frame").forEach((frame) => { frame.style.viewTransitionName = ""; });
});
document.addEventListener("input", (event) => {
  const input = event.target;
  const form = input.closest("form");
  if (input.id) count(input);
  if (input.closest("[data-fill]")) fill(input.closest("[data-fill]"));
  if (form) delete form.dataset.clean;
  if (form?.dataset.autosave) autosave(form);
});
addEventListener("beforeunload", (event) => {
  if ($$("form[data-guard]").some((form) => form.dataset.touched !== undefined && form.dataset.clean === undefined)) event.preventDefault();
});
document.addEventListener("change", (event) => {
  const drop = event.target.closest("[data-upload]");
  event.target.form?.toggleAttribute("data-touched", true);
  if (drop && event.target.type === "file") { upload(drop, event.target.files); event.target.value = ""; }
  if (event.target.closest("[data-instant]")) event.target.form.requestSubmit();
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.("[data-upload]");
    if (!drop) return;
    event.preventDefault();
    drop.toggleAttribute("data-over", kind === "dragover");
    if (kind === "drop") upload(drop, event.dataTransfer.files);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") $$("details.menu[open]").forEach((open) => { open.open = false; $("summary", open).focus(); });
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
  if (event.key === "/") $("[data-search] input")?.select(), $("[data-search] input")?.focus();
  else if (event.key === "?") $("#keys")?.showModal();
  else if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key === "f") event.target.closest("[data-card]")?.querySelector("[data-favourite]")?.click();
  else if ($(`[data-key="${CSS.escape(event.key)}"]`)) $(`[data-key="${CSS.escape(event.key)}"]`).click();
  else return;
  event.preventDefault();
});
function walk(step) {
  const links = $$("[data-grid] .card-link, [data-walk]");
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)];
  next?.focus();
  next?.closest("[data-card]")?.scrollIntoView({ block: "nearest" });
}

// ---- What a fresh page or fragment needs -----------------------------------------------------------------------------
function prepare(within) {
  $$("[data-toast]", within).forEach(lapse);
  $$("[data-theme-switch]", within).forEach(showTheme);
  $$("[data-fill]", within).forEach(fill);
  $("[data-focus-first]", within)?.focus();
}
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
prepare(document);
