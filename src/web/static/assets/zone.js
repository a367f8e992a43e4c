/* Offers the browser's own time zone beside the list of all. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const button = document.querySelector("[data-own-zone]");
const list = document.getElementById(button.dataset.ownZone);

if (zone && list.value !== zone) {
  button.textContent = button.dataset.text.replace("{zone}", zone.replaceAll("_", " "));
  button.hidden = false;
}

button.addEventListener("click", () => {
  // Browsers and servers do not always call a zone by the same of its names.
  if (![...list.options].some(({ value }) => value === zone)) list.add(new Option(zone, zone), 1);
  list.value = zone;
  list.focus();
  button.hidden = true;
});
