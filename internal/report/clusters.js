// Headings sort their tables, numbers as numbers, and a button copies a table as text
// with tabs, as spreadsheets take it. Without a script the page is complete.
(() => {
  const number = text => {
    const n = parseFloat(text.replaceAll(",", ""));
    return /^[0-9][0-9,.]*/.test(text) ? n : NaN;
  };
  const compare = (a, b) => {
    const x = number(a), y = number(b);
    if (!isNaN(x) && !isNaN(y)) return x - y;
    return isNaN(x) === isNaN(y) ? a.localeCompare(b) : isNaN(x) ? 1 : -1;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (!head.textContent) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...body.rows].sort((a, b) => compare(a.cells[column].textContent, b.cells[column].textContent));
        body.append(...(up ? rows : rows.reverse()));
      });
    });
    const copy = table.parentElement.querySelector(".copy");
    copy.addEventListener("click", () => {
      const lines = [...table.rows].map(row => [...row.cells].map(cell => cell.textContent).join("\t"));
      copy.dataset.copy = lines.join("\n") + "\n";
    }, {capture: true}); // before the button copies
  }
})();
