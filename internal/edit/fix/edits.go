package fix

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// span replaces the bytes from start to end.
type span struct {
	start, end int
	text       string
}

// Replacement is what comes in the place of some bytes of a file.
type Replacement struct {
	Start, End int
	Text       string
}

// Replacements are what fixes make of the files of a tree. A fix that touches what
// an earlier one changes is left out.
func Replacements(t *conf.Tree, fixes []*finding.Fix) map[*conf.File][]Replacement {
	edits := map[*conf.File]*fileEdits{}
	for _, fix := range fixes {
		accept(t, edits, fix)
	}
	list := map[*conf.File][]Replacement{}
	for f, e := range edits {
		for _, s := range e.spans {
			list[f] = append(list[f], Replacement{s.start, s.end, s.text})
		}
	}
	return list
}

// fileEdits are the edits of one file that were accepted.
type fileEdits struct {
	spans []span
	fixes int
}

// accept takes a fix, unless it touches what another one changes.
func accept(t *conf.Tree, edits map[*conf.File]*fileEdits, fix *finding.Fix) {
	wanted := map[*conf.File][]span{}
	for _, e := range fix.Edits {
		f := fileOf(t, e.Location)
		if f == nil {
			return
		}
		s := widen(f, span{f.Offset(e.Line, e.Column), f.Offset(e.EndLine, e.EndColumn), e.Text})
		if taken := edits[f]; taken != nil {
			switch {
			case slices.Contains(taken.spans, s):
				continue
			case slices.ContainsFunc(taken.spans, s.touches):
				return
			}
		}
		wanted[f] = append(wanted[f], s)
	}
	for f, spans := range wanted {
		if edits[f] == nil {
			edits[f] = &fileEdits{}
		}
		edits[f].spans = append(edits[f].spans, spans...)
		edits[f].fixes++
	}
}

// touches reports whether two edits change the same place, or meet where one of
// them only inserts.
func (s span) touches(other span) bool {
	if s.start == s.end || other.start == other.end {
		return s.start <= other.end && other.start <= s.end
	}
	return s.start < other.end && other.start < s.end
}

// widen makes a deletion take what would be left over: the line that it empties,
// or the blanks before it at the end of a line.
func widen(f *conf.File, s span) span {
	if s.text != "" || s.start == s.end {
		return s
	}
	start, end := s.start, s.end
	for start > 0 && (f.Data[start-1] == ' ' || f.Data[start-1] == '\t') {
		start--
	}
	for end < len(f.Data) && (f.Data[end] == ' ' || f.Data[end] == '\t') {
		end++
	}
	atEnd := end == len(f.Data) || f.Data[end] == '\n' || f.Data[end] == '\r'
	switch atStart := start == 0 || f.Data[start-1] == '\n' || f.Data[start-1] == '\r'; {
	case !atEnd:
		return s
	case !atStart:
		return span{start, end, ""}
	case bytes.HasPrefix(f.Data[end:], []byte("\r\n")):
		end += 2
	case end < len(f.Data):
		end++
	}
	return span{start, end, ""}
}

// apply makes the edits.
func (e *fileEdits) apply(data []byte) []byte {
	slices.SortFunc(e.spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	var after []byte
	at := 0
	for _, s := range e.spans {
		after = append(append(after, data[at:s.start]...), s.text...)
		at = s.end
	}
	after = append(after, data[at:]...)
	if after == nil {
		after = []byte{} // nil is a file that is not there
	}
	return after
}
