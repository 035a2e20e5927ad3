package conf

import "github.com/implycheck/implycheck/conf/syntax"

// index is made when somebody first asks for a line.
func (f *File) index() *syntax.Lines {
	f.once.Do(func() {
		if f.Properties != nil {
			f.lines = syntax.NewJavaLines(f.Data)
		} else {
			f.lines = syntax.NewLines(f.Data)
		}
	})
	return f.lines
}

// Line is the text of a line, counted from 1, without its end.
func (f *File) Line(n int) string { return string(f.index().Line(n)) }

// Offset is the byte of a line and column, both from 1: the way back from the
// positions of the file's readers, which count what is not UTF-8 each as its
// consumer does. A column behind the line is its end, before the line end; a line
// behind the file is the end of the file.
func (f *File) Offset(line, column int) int {
	if line > f.index().Count() {
		return len(f.Data)
	}
	return f.index().Offset(line, column)
}
