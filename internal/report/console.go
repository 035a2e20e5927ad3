package report

import (
	"bytes"
	"io"
	"strings"

	"github.com/implycheck/implycheck/internal/text/mask"
)

// Console is standard output. A line of it must not begin with two colons, as
// the commands do that the runners of GitHub obey: names and values from files
// stand at the beginning of many lines. Whoever means a command writes to the
// Raw writer.
type Console struct {
	w     io.Writer
	begun int // of the colons that begin the line: -1 where something else does
	err   error
}

// NewConsole makes a console of a writer.
func NewConsole(w io.Writer) *Console { return &Console{w: w} }

// Raw is the writer behind a console.
func Raw(w io.Writer) io.Writer {
	switch c := w.(type) {
	case *Console:
		return c.w
	case *Log:
		return c.w
	}
	return w
}

// Err is the first error of the writer.
func (c *Console) Err() error { return c.err }

// Write writes the second of two such colons otherwise.
func (c *Console) Write(p []byte) (int, error) {
	start, i := 0, 0
	for i < len(p) && c.err == nil {
		if c.begun < 0 {
			n := bytes.IndexAny(p[i:], "\r\n")
			if n < 0 {
				break
			}
			i += n
		}
		switch b := p[i]; {
		case b == '\n' || b == '\r':
			c.begun = 0
		case b == ':' && c.begun == 1:
			c.write(p[start:i])
			c.write([]byte(`\x3a`))
			start, c.begun = i+1, -1
		case b == ':':
			c.begun = 1
		case c.begun == 1 || b != ' ' && b != '\t':
			c.begun = -1
		}
		i++
	}
	c.write(p[start:])
	if c.err != nil {
		return 0, c.err
	}
	return len(p), nil
}

func (c *Console) write(p []byte) {
	if c.err == nil && len(p) > 0 {
		_, c.err = c.w.Write(p)
	}
}

// Log is standard error: what is written there, errors above all, holds texts
// from anywhere. Each line of it is printable and without secrets.
type Log struct {
	Console
	hide func(string) string
}

// NewLog makes a log of a writer.
func NewLog(w io.Writer, m *mask.Masker) *Log { return &Log{Console{w: w}, m.Text} }

// Write takes whole messages.
func (l *Log) Write(p []byte) (int, error) {
	lines := strings.Split(string(p), "\n")
	for i, line := range lines {
		lines[i] = printable(l.hide(line))
	}
	if _, err := l.Console.Write([]byte(strings.Join(lines, "\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}
