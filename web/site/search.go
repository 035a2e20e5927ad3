package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// entry is one thing that a search finds.
type entry struct{ kind, title, path, words string }

func (e entry) MarshalJSON() ([]byte, error) {
	return json.Marshal([...]string{e.kind, e.title, e.path, strings.Join(strings.Fields(e.words), " ")})
}

// index is the file with all entries. It is a script rather than JSON, because a
// page that was opened from a disk may not read another file.
func (s *site) index() ([]byte, error) {
	slices.SortStableFunc(s.search, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	var b bytes.Buffer
	b.WriteString("const searchIndex =\n")
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s.search)
	return b.Bytes(), err
}

func (s *site) searchPage() error {
	return s.fill(&page{
		Path: "search.html", Title: "Search", Summary: "Search in the guide, the rules, the properties, the extensions and the flags of java.",
		Scripts: []string{marker, "search.js"},
	}, "search.html.tmpl", nil)
}
