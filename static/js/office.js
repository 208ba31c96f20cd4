// The back office says aloud what it shows: its library leaves some of its own furniture without a name or a role.

const nameOf = (field) => {
  const cell = field.closest("td");
  const heading = cell && cell.closest("table").querySelectorAll("thead th")[cell.cellIndex];
  const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  return (label || heading)?.textContent.trim() || cell?.dataset.label || field.name;
};

const nameFields = () => {
  for (const hint of document.querySelectorAll("span[aria-label]:not([role])")) hint.role = "img";
  for (const field of document.querySelectorAll("td input, td select, td textarea")) {
    if (field.type !== "hidden" && !field.labels?.length && !field.ariaLabel) field.ariaLabel = nameOf(field);
  }
  for (const chosen of document.querySelectorAll("select + .select2 :is([role=combobox], [role=textbox])")) {
    const name = nameOf(chosen.closest(".select2").previousElementSibling);
    if (name && chosen.ariaLabel !== name) chosen.ariaLabel = name;
  }
};

document.addEventListener("DOMContentLoaded", () => {
  const main = document.getElementById("main");
  if (main) main.role = "main";
  // What scrolls within the page is a landmark, each with a name of its own.
  const titles = [...document.querySelectorAll("h1, h2, h3")];
  const taken = new Map();
  for (const room of document.querySelectorAll("[data-simplebar]")) {
    const before = titles.filter((one) => one.compareDocumentPosition(room) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1);
    const name = before?.textContent.replace(/\s+/g, " ").trim() || document.title;
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    room.dataset.simplebarAriaLabel = times > 1 ? `${name} (${times})` : name;
  }
  for (const heading of document.querySelectorAll("th")) {
    if (!heading.textContent.trim() && !heading.querySelector("input")) heading.role = "cell";
  }
  nameFields();
});
window.addEventListener("load", () => {
  nameFields();
  // Rows are added, and boxes to choose from made, later on.
  new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
});
