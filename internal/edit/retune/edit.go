package retune

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// edit replaces the bytes from start to end.
type edit struct {
	start, end int
	text       string
}

// replace remembers an edit; services that share a file may ask for the same
// one.
func (e *editor) replace(f *conf.File, change edit) {
	if !slices.Contains(e.edits[f], change) {
		e.edits[f] = append(e.edits[f], change)
	}
}

// after is the file with its edits.
func (e *editor) after(f *conf.File) []byte {
	edits := e.edits[f]
	slices.SortStableFunc(edits, func(a, b edit) int { // what is written in front of what is deleted comes first
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	var text []byte
	at := 0
	for _, change := range edits {
		text = append(append(text, f.Data[at:change.start]...), change.text...)
		at = change.end
	}
	text = append(text, f.Data[at:]...)
	if lines := e.appended[f]; len(lines) > 0 {
		end := lineEnd(f.Data)
		text = append(closed(text, end), strings.Join(lines, end)+end...)
	}
	return text
}

// closed ends the last line of a properties file. After a backslash it takes an
// empty line: the one that follows would be a part of it.
func closed(text []byte, end string) []byte {
	if n := len(text); n > 0 && text[n-1] != '\n' && text[n-1] != '\r' {
		text = append(text, end...)
	}
	lines := strings.TrimRight(string(text), "\r\n")
	if last := strings.TrimRight(lines, `\`); (len(lines)-len(last))%2 == 1 {
		text = append(text, end...)
	}
	return text
}

// lineEnd is how a file ends its lines.
func lineEnd(data []byte) string {
	switch text := string(data); {
	case strings.Contains(text, "\r\n"):
		return "\r\n"
	case strings.Contains(text, "\r") && !strings.Contains(text, "\n"):
		return "\r"
	}
	return "\n"
}

// splice replaces parts of a text, given from its end to its beginning.
type splice struct{ edits []edit }

func (s *splice) at(start, end int, text string) { s.edits = append(s.edits, edit{start, end, text}) }

func (s *splice) apply(text string) string {
	for i := len(s.edits) - 1; i >= 0; i-- {
		e := s.edits[i]
		text = text[:e.start] + e.text + text[e.end:]
	}
	return text
}
