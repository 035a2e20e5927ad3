package suppress

import (
	"bytes"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// Insertion is a comment that suppresses a rule in a line of a file: the byte that it
// goes before, and its text. It is false where no comment can do that: in a file
// without comments, or inside a text that would change.
func Insertion(f *conf.File, line int, rule, reason string) (offset int, text string, ok bool) {
	if f == nil || f.Problem != "" || line < 1 {
		return 0, "", false
	}
	line = firstLine(f, line)
	offset = f.Offset(line, 1)
	whole := f.Line(line)
	indent := whole[:len(whole)-len(strings.TrimLeft(whole, " \t"))]
	text = "# implycheck:ignore " + rule + " -- " + reason
	if f.Kind == conf.HadoopXML || f.Kind == conf.Log4jXML {
		if strings.Contains(whole, "<?xml") {
			return 0, "", false // nothing may come before that
		}
		text = "<!-- implycheck:ignore " + rule + ": " + reason + " -->"
	}
	text = indent + text + lineEndOf(f.Data)
	edited := f.Edited(slices.Concat(f.Data[:offset], []byte(text), f.Data[offset:]))
	for _, d := range parseFile(edited) {
		if d.Span.Start.Line == line && d.First <= line+1 && line+1 <= d.Last && slices.Contains(d.Rules, rule) {
			return offset, text, true
		}
	}
	return 0, "", false
}

// firstLine is the line in which the entry of a properties file begins that a line
// belongs to.
func firstLine(f *conf.File, line int) int {
	if f.Properties == nil {
		return line
	}
	for _, e := range f.Properties.Entries {
		if e.Span.Start.Line <= line && line <= e.Span.End.Line {
			return e.Span.Start.Line
		}
	}
	return line
}

func lineEndOf(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
