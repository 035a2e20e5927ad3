package lsp

import (
	"bytes"
	"unicode/utf8"

	"github.com/implycheck/implycheck/conf/syntax"
)

// lined is a text that is looked at by the positions of the protocol.
type lined struct {
	data  []byte
	lines *syntax.Lines
}

func newText(data []byte) lined { return lined{data, syntax.NewLines(data)} }

// offset is the byte of a position. What lies behind the end of a line is the end
// of the line, and what lies behind the text its end.
func (t lined) offset(p position) int {
	if p.Line >= t.lines.Count() {
		return len(t.data)
	}
	from := t.lines.Offset(p.Line+1, 1)
	return from + bytesOf(t.lines.Line(p.Line+1), p.Character)
}

// position is the position of a byte.
func (t lined) position(offset int) position {
	at := t.lines.Span(offset, offset).Start
	from := t.lines.Offset(at.Line, 1)
	return position{at.Line - 1, unitsOf(t.data[from:max(from, at.Offset)])}
}

func (t lined) textRange(from, to int) textRange {
	return textRange{t.position(from), t.position(to)}
}

// bytesOf is how many bytes the first so many UTF-16 code units of a line are. A
// unit within a character means the character's begin.
func bytesOf(line []byte, units int) int {
	n := 0
	for n < len(line) {
		r, size := utf8.DecodeRune(line[n:])
		if units -= width(r); units < 0 {
			break
		}
		n += size
	}
	return n
}

// unitsOf is how many UTF-16 code units a text has.
func unitsOf(data []byte) (units int) {
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		units += width(r)
		data = data[size:]
	}
	return units
}

// width is how many UTF-16 code units a character has.
func width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// apply makes the changes of an edit, one after the other.
func apply(data []byte, changes []change) []byte {
	for _, c := range changes {
		if c.Range == nil {
			data = []byte(c.Text)
			continue
		}
		t := newText(data)
		from, to := t.offset(c.Range.Start), t.offset(c.Range.End)
		if to < from {
			from, to = to, from
		}
		data = bytes.Join([][]byte{data[:from], []byte(c.Text), data[to:]}, nil)
	}
	return data
}
