package conf

import (
	"bytes"
	"unicode/utf8"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Offset is the byte of a line and column, both from 1: the way back from the
// positions of the file's readers, which count what is not UTF-8 each as its
// consumer does. A column behind the line is its end, before the line end; a line
// behind the file is the end of the file.
func (f *File) Offset(line, column int) int {
	at := 0
	for ; line > 1; line-- {
		end := bytes.IndexAny(f.Data[at:], "\r\n")
		if end < 0 {
			return len(f.Data)
		}
		at += end + 1
		if f.Data[at-1] == '\r' && at < len(f.Data) && f.Data[at] == '\n' {
			at++
		}
	}
	for ; column > 1 && at < len(f.Data) && f.Data[at] != '\n' && f.Data[at] != '\r'; column-- {
		at += f.runeSize(at)
	}
	return at
}

func (f *File) runeSize(at int) int {
	if f.Data[at] < utf8.RuneSelf {
		return 1
	}
	if f.Properties == nil {
		return syntax.RuneSize(f.Data[at:])
	}
	_, size := syntax.DecodeJava(string(f.Data[at:min(len(f.Data), at+utf8.UTFMax)]))
	return size
}
