package since

import (
	"bytes"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// lineSet holds lines of a file, from 1.
type lineSet struct {
	all   bool
	lines map[int]bool
}

var everyLine = lineSet{all: true}

// touch reports whether one of some lines is in the set. A finding of a file as a
// whole stands in none.
func (s lineSet) touch(first, last int) bool {
	for line := first; line <= max(first, last); line++ {
		if line > 0 && (s.all || s.lines[line]) {
			return true
		}
	}
	return false
}

// maxLines is how many lines two files may have to be compared. No configuration
// has so many, and to call them all changed costs nothing.
const maxLines = 50_000

// changedLines are the lines of after that are not in before. Line ends do not
// count: git may change them on the way to the disk.
func changedLines(before, after []byte) lineSet {
	old, now := unixLines(before), unixLines(after)
	if strings.Count(old, "\n")+strings.Count(now, "\n") > maxLines {
		return everyLine
	}
	set := lineSet{lines: map[int]bool{}}
	moved := 0
	for _, edit := range udiff.Lines(old, now) {
		first := strings.Count(old[:edit.Start], "\n") + moved + 1
		added := strings.Count(edit.New, "\n")
		for line := range added {
			set.lines[first+line] = true
		}
		moved += added - strings.Count(old[edit.Start:edit.End], "\n")
	}
	return set
}

// unixLines is a text all of whose lines end in a line feed, the last one too.
func unixLines(data []byte) string {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(data[:len(data):len(data)], '\n')
	}
	return string(data)
}
