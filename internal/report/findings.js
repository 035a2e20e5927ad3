// The filter of the page. It lives in the fragment of the address, so that it can
// be kept and passed on: #severity=error&rule=prop-unknown&text=broker
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const status = document.getElementById("shown");
  const cards = [...document.querySelectorAll("article")];
  const holders = [...document.querySelectorAll(".holder")].reverse();
  const severities = [...form.querySelectorAll("[name=severity]")];
  const selects = [...form.querySelectorAll("select")];
  const texts = new Map();

  const textOf = card => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };

  // read puts the fragment into the form.
  const read = () => {
    const wish = new URLSearchParams(location.hash.slice(1));
    for (const box of severities) {
      box.checked = !wish.has("severity") || wish.get("severity").split(",").includes(box.value);
    }
    for (const select of selects) {
      const value = wish.get(select.name) ?? "";
      if (![...select.options].some(option => option.value === value)) select.add(new Option(value + " (0)", value));
      select.value = value;
    }
    form.text.value = wish.get("text") ?? "";
    if (form.suppressed) form.suppressed.checked = wish.get("suppressed") === "yes";
  };

  // write puts the form into the fragment, without what does not restrict.
  const write = () => {
    const wish = new URLSearchParams();
    const chosen = severities.filter(box => box.checked);
    if (chosen.length < severities.length) wish.set("severity", chosen.map(box => box.value).join());
    for (const field of [...selects, form.text]) if (field.value) wish.set(field.name, field.value);
    if (form.suppressed?.checked) wish.set("suppressed", "yes");
    history.replaceState(null, "", "#" + wish);
  };

  const apply = () => {
    const chosen = new Set(severities.filter(box => box.checked).map(box => box.value));
    const words = form.text.value.toLowerCase().split(/\s+/).filter(word => word);
    const suppressed = form.suppressed?.checked;
    let shown = 0;
    for (const card of cards) {
      const data = card.dataset;
      const matches = chosen.has(data.severity) && (suppressed || !data.suppressed) &&
        selects.every(select => !select.value || data[select.name] === select.value) &&
        words.every(word => textOf(card).includes(word));
      card.hidden = !matches;
      if (matches) shown++;
    }
    // The inner holders come first, since the list is reversed.
    for (const holder of holders) holder.hidden = !holder.querySelector("article:not([hidden])");
    status.textContent = `Showing ${shown} of ${cards.length} findings`;
  };

  let waiting;
  form.addEventListener("input", event => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { write(); apply(); }, event.target === form.text ? 150 : 0);
  });
  form.addEventListener("reset", () => setTimeout(() => { write(); apply(); }));
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", () => { if (location.hash !== "#findings") { read(); apply(); } });
  form.hidden = false;
  read();
  apply();
})();
