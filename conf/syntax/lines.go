package syntax

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// linesBlock is the distance in bytes between two remembered rune counts. It
// bounds what one look-up costs, however long a line is.
const linesBlock = 256

// runeMark is the start of a character and how many characters stand before it
// in the file.
type runeMark struct {
	offset int
	runes  int
}

// Lines turns byte offsets of a text into positions and back. LF, CR and CRLF end
// a line; a byte that is not UTF-8 counts as one character.
type Lines struct {
	data  []byte
	size  func(data []byte) int // of the character that data begins with
	lines []runeMark            // the first character of every line
	marks []runeMark            // marks[i] is the character that byte i*linesBlock belongs to
	ascii bool                  // every byte is a character, as in nearly all files
}

// NewLines reads data once, so that every later look-up is cheap.
func NewLines(data []byte) *Lines { return newLines(data, RuneSize) }

// NewJavaLines is NewLines for a properties file: of bytes that are not UTF-8, as
// many count as one character as Java replaces by one.
func NewJavaLines(data []byte) *Lines {
	return newLines(data, func(data []byte) int {
		_, size := DecodeJava(string(data[:min(len(data), utf8.UTFMax)]))
		return size
	})
}

func newLines(data []byte, size func([]byte) int) *Lines {
	x := &Lines{data: data, size: size, ascii: isASCII(data)}
	x.lines = append(make([]runeMark, 0, 1+bytes.Count(data, []byte("\n"))), runeMark{})
	if x.ascii {
		for i := range data {
			if data[i] <= '\r' && x.endsLine(i) {
				x.lines = append(x.lines, runeMark{i + 1, i + 1})
			}
		}
		return x
	}
	x.marks = append(make([]runeMark, 0, 1+len(data)/linesBlock), runeMark{})
	for at := (runeMark{}); at.offset < len(data); {
		next := runeMark{at.offset + size(data[at.offset:]), at.runes + 1}
		if next.offset > len(x.marks)*linesBlock {
			x.marks = append(x.marks, at)
		}
		if x.endsLine(at.offset) {
			x.lines = append(x.lines, next)
		}
		at = next
	}
	return x
}

func isASCII(data []byte) bool {
	for _, c := range data {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Count is how many lines there are; the last one may be empty.
func (x *Lines) Count() int { return len(x.lines) }

// Line is the text of a line, counted from 1, without its end; empty where there
// is none.
func (x *Lines) Line(n int) []byte {
	if n = max(n, 1); n > len(x.lines) {
		return nil
	}
	return x.data[x.lines[n-1].offset:x.lineEnd(n)]
}

// endsLine reports whether the byte at offset is the last one of a line end.
func (x *Lines) endsLine(offset int) bool {
	switch x.data[offset] {
	case '\n':
		return true
	case '\r':
		return offset+1 == len(x.data) || x.data[offset+1] != '\n'
	}
	return false
}

// position gives the place of the byte at offset. An offset outside the text
// is taken as the nearest end of it.
func (x *Lines) position(offset int) Position {
	offset = min(max(offset, 0), len(x.data))
	line := sort.Search(len(x.lines), func(i int) bool { return x.lines[i].offset > offset })
	return Position{
		Offset: offset,
		Line:   line,
		Column: x.runesBefore(offset) - x.lines[line-1].runes + 1,
	}
}

// Span gives the places of two offsets.
func (x *Lines) Span(start, end int) Span { return x.span(start, end) }

func (x *Lines) span(start, end int) Span {
	return Span{Start: x.position(start), End: x.position(end)}
}

// runesBefore counts the characters that begin before offset.
func (x *Lines) runesBefore(offset int) int {
	if x.ascii {
		return offset
	}
	block := min(offset/linesBlock, len(x.marks)-1)
	at := x.marks[block]
	for at.offset < offset {
		at = runeMark{at.offset + x.size(x.data[at.offset:]), at.runes + 1}
	}
	return at.runes
}

// Offset is the way back: the byte of a line and column, both from 1. A place
// outside the text is taken as the nearest one inside it.
func (x *Lines) Offset(line, column int) int {
	line = min(max(line, 1), len(x.lines))
	want := x.lines[line-1].runes + max(column, 1) - 1
	if x.ascii {
		return min(want, x.lineEnd(line))
	}
	mark := sort.Search(len(x.marks), func(i int) bool { return x.marks[i].runes > want }) - 1
	at := x.marks[mark]
	for end := x.lineEnd(line); at.runes < want && at.offset < end; {
		at = runeMark{at.offset + x.size(x.data[at.offset:]), at.runes + 1}
	}
	return min(at.offset, x.lineEnd(line))
}

// lineEnd gives the offset after the last character of a line (from 1),
// without its line end.
func (x *Lines) lineEnd(line int) int {
	end := len(x.data)
	if line < len(x.lines) {
		end = x.lines[line].offset
	}
	for end > x.lines[line-1].offset && (x.data[end-1] == '\n' || x.data[end-1] == '\r') {
		end--
	}
	return end
}

// RuneSize is the length of the character data begins with.
func RuneSize(data []byte) int {
	if data[0] < utf8.RuneSelf {
		return 1
	}
	_, size := utf8.DecodeRune(data)
	return size
}

// firstNotUTF8 gives the offset of the first byte that is not UTF-8, or the
// length of data when there is none.
func firstNotUTF8(data []byte) int {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}
