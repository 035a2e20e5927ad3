"use strict";
// Searches in the index that search-index.js brings: an entry is its kind, title,
// address and words. All words of the query must be in it.
const limit = 50;
const kinds = ["rule", "property", "extension", "flag of java", "page"]; // the first is shown first
const field = document.querySelector("form[role=search] input");
const list = document.getElementById("results");
const status = document.getElementById("status");

// rank is how well an entry fits: 0 is best, -1 not at all.
function rank(title, text, words) {
  if (!words.every(word => title.includes(word) || text.includes(word))) return -1;
  const query = words.join(" ");
  if (title === query) return 0;
  if (title.endsWith("." + query)) return 1;
  if (title.startsWith(query)) return 2;
  if (words.every(word => title.includes(word))) return 3;
  if (text.includes(query)) return 4;
  return words.some(word => title.includes(word)) ? 5 : 6;
}

// excerpt is what is around the words as they were written, or around the first one.
function excerpt(text, words) {
  const lower = text.toLowerCase(), phrase = lower.indexOf(words.join(" "));
  const at = phrase >= 0 ? phrase : Math.min(...words.map(word => lower.indexOf(word)).filter(i => i >= 0), text.length);
  const from = at < 120 || at === text.length ? 0 : text.indexOf(" ", at - 70) + 1;
  if (text.length <= from + 220) return (from > 0 ? "... " : "") + text.slice(from);
  return (from > 0 ? "... " : "") + text.slice(from, text.lastIndexOf(" ", from + 220)) + " ...";
}

function item([kind, title, path, text], words) {
  const line = document.createElement("li"), link = document.createElement("a"), what = document.createElement("span"), about = document.createElement("p");
  link.href = path;
  link.textContent = title;
  what.className = "kind";
  what.textContent = kind;
  about.textContent = excerpt(text, words);
  line.append(link, " ", what, about);
  return line;
}

function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(word => word);
  if (words.length === 0) {
    list.replaceChildren();
    status.textContent = "Write a property, a rule, a word of an error or of the guide.";
    return;
  }
  const found = [];
  for (const entry of searchIndex) {
    const place = rank(entry[1].toLowerCase(), entry[3].toLowerCase(), words);
    if (place >= 0) found.push([place, entry]);
  }
  found.sort(([rankA, a], [rankB, b]) => rankA - rankB || kinds.indexOf(a[0]) - kinds.indexOf(b[0]) || a[1].length - b[1].length);
  list.replaceChildren(...found.slice(0, limit).map(([, entry]) => item(entry, words)));
  status.textContent = found.length === 0 ? "Nothing has all of these words."
    : found.length > limit ? `${found.length} found; the first ${limit} are shown.` : `${found.length} found.`;
}

field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", () => {
  const query = field.value ? "?q=" + encodeURIComponent(field.value) : location.pathname;
  try { history.replaceState(null, "", query); } catch { /* a page on a disk has no other address */ }
  search();
});
search();
field.focus();
