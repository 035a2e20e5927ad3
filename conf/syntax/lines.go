package syntax

import (
	"sort"
	"unicode/utf8"
)

// lineIndexBlock is the distance in bytes between two remembered rune counts.
// It bounds what one look-up costs, however long a line is.
const lineIndexBlock = 256

// runeMark is the start of a character and how many characters stand before it
// in the file.
type runeMark struct {
	offset int
	runes  int
}

// lineIndex turns byte offsets of a text into positions. LF, CR and CRLF end a
// line; a byte that is not UTF-8 counts as one character.
type lineIndex struct {
	data  []byte
	lines []runeMark // the first character of every line
	marks []runeMark // marks[i] is the character that byte i*lineIndexBlock belongs to
	ascii bool       // every byte is a character, as in nearly all files
}

// newLineIndex reads data once, so that every later look-up is cheap.
func newLineIndex(data []byte) *lineIndex {
	index := &lineIndex{data: data, lines: []runeMark{{}}, marks: []runeMark{{}}}
	at := runeMark{}
	for at.offset < len(data) {
		next := runeMark{at.offset + RuneSize(data[at.offset:]), at.runes + 1}
		if next.offset > len(index.marks)*lineIndexBlock {
			index.marks = append(index.marks, at)
		}
		if index.endsLine(at.offset) {
			index.lines = append(index.lines, next)
		}
		at = next
	}
	index.ascii = at.runes == len(data)
	return index
}

// endsLine reports whether the byte at offset is the last one of a line end.
func (x *lineIndex) endsLine(offset int) bool {
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
func (x *lineIndex) position(offset int) Position {
	offset = min(max(offset, 0), len(x.data))
	line := sort.Search(len(x.lines), func(i int) bool { return x.lines[i].offset > offset })
	return Position{
		Offset: offset,
		Line:   line,
		Column: x.runesBefore(offset) - x.lines[line-1].runes + 1,
	}
}

// span gives the places of two offsets.
func (x *lineIndex) span(start, end int) Span {
	return Span{Start: x.position(start), End: x.position(end)}
}

// runesBefore counts the characters that begin before offset.
func (x *lineIndex) runesBefore(offset int) int {
	if x.ascii {
		return offset
	}
	block := min(offset/lineIndexBlock, len(x.marks)-1)
	at := x.marks[block]
	for at.offset < offset {
		at = runeMark{at.offset + RuneSize(x.data[at.offset:]), at.runes + 1}
	}
	return at.runes
}

// offset is the way back: the byte of a line and column, both from 1. A place
// outside the text is taken as the nearest one inside it.
func (x *lineIndex) offset(line, column int) int {
	line = min(max(line, 1), len(x.lines))
	want := x.lines[line-1].runes + max(column, 1) - 1
	if x.ascii {
		return min(want, x.lineEnd(line))
	}
	mark := sort.Search(len(x.marks), func(i int) bool { return x.marks[i].runes > want }) - 1
	at := x.marks[mark]
	for end := x.lineEnd(line); at.runes < want && at.offset < end; {
		at = runeMark{at.offset + RuneSize(x.data[at.offset:]), at.runes + 1}
	}
	return min(at.offset, x.lineEnd(line))
}

// lineEnd gives the offset after the last character of a line (from 1),
// without its line end.
func (x *lineIndex) lineEnd(line int) int {
	end := len(x.data)
	if line < len(x.lines) {
		end = x.lines[line].offset
	}
	for end > x.lines[line-1].offset && (x.data[end-1] == '\n' || x.data[end-1] == '\r') {
		end--
	}
	return end
}

// runeSize is the length of the character data begins with.
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
