package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
)

// JSON writes the contract of docs/findings.schema.json. It encodes one finding
// at a time, so a report of thousands of trees is never in memory twice.
func JSON(w io.Writer, r *finding.Report, _ Options) error {
	s := newJSONStream(w)
	s.raw("{\n  \"version\": ")
	s.value("  ", r.Version)
	s.raw(",\n  \"tool\": ")
	s.value("  ", r.Tool)
	s.raw(",\n  \"trees\": ")
	list(s, r.Trees, withServices)
	s.raw(",\n  \"findings\": ")
	list(s, r.Findings, withEdits)
	if len(r.Suppressed) > 0 {
		s.raw(",\n  \"suppressed\": ")
		list(s, r.Suppressed, func(f finding.Suppressed) finding.Suppressed {
			f.Finding = withEdits(f.Finding)
			return f
		})
	}
	if len(r.Checks) > 0 {
		s.raw(",\n  \"checks\": ")
		list(s, r.Checks, func(c finding.Check) finding.Check { return c })
	}
	s.raw(",\n  \"summary\": ")
	s.value("  ", r.Summary)
	s.raw("\n}\n")
	return s.close()
}

// withServices gives a tree without services an empty list instead of null.
func withServices(t finding.Tree) finding.Tree {
	if t.Services == nil {
		t.Services = []string{}
	}
	return t
}

// withEdits gives a fix without edits an empty list instead of null. The fix is
// copied: the report belongs to the caller.
func withEdits(f finding.Finding) finding.Finding {
	if f.Fix != nil && f.Fix.Edits == nil {
		f.Fix = &finding.Fix{Safe: f.Fix.Safe, Edits: []finding.Edit{}}
	}
	return f
}

// jsonStream writes one JSON document piece by piece and keeps the first error.
type jsonStream struct {
	out     *bufio.Writer
	piece   bytes.Buffer
	encoder *json.Encoder
	err     error
}

func newJSONStream(w io.Writer) *jsonStream {
	s := &jsonStream{out: bufio.NewWriter(w)}
	s.encoder = json.NewEncoder(&s.piece)
	s.encoder.SetEscapeHTML(false)
	return s
}

func (s *jsonStream) close() error {
	if s.err != nil {
		return s.err
	}
	return s.out.Flush()
}

func (s *jsonStream) raw(json string) {
	if s.err == nil {
		_, s.err = s.out.WriteString(json)
	}
}

// value writes v; its lines after the first one begin with indent.
func (s *jsonStream) value(indent string, v any) {
	s.encoder.SetIndent(indent, "  ")
	s.encode(v)
}

// compact writes v on one line.
func (s *jsonStream) compact(v any) {
	s.encoder.SetIndent("", "")
	s.encode(v)
}

func (s *jsonStream) encode(v any) {
	if s.err != nil {
		return
	}
	s.piece.Reset()
	if s.err = s.encoder.Encode(v); s.err == nil {
		_, s.err = s.out.Write(text.VisibleJSON(bytes.TrimSuffix(s.piece.Bytes(), []byte("\n"))))
	}
}

// list writes the items, each after tidy, as an array that is a field of the document.
func list[T any](s *jsonStream, items []T, tidy func(T) T) {
	if len(items) == 0 {
		s.raw("[]")
		return
	}
	separator := "[\n    "
	for _, item := range items {
		s.raw(separator)
		s.value("    ", tidy(item))
		separator = ",\n    "
	}
	s.raw("\n  ]")
}

// lines writes n items as an array, each on a line of its own.
func lines(s *jsonStream, indent string, n int, item func(i int) any) {
	separator := "["
	for i := range n {
		s.raw(separator + "\n" + indent + "  ")
		s.compact(item(i))
		separator = ","
	}
	if n == 0 {
		s.raw("[]")
		return
	}
	s.raw("\n" + indent + "]")
}

// WriteJSON writes any value as a document for programs.
func WriteJSON(w io.Writer, v any) error {
	s := newJSONStream(w)
	s.value("", v)
	s.raw("\n")
	return s.close()
}
