package form

import (
	"bytes"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// instruction is one of a Dockerfile, with the lines that go on.
type instruction struct {
	name string
	text Text   // behind the name
	more string // the lines that <<EOF begins
}

// heredoc begins lines that belong to an instruction, up to the one that it names.
var heredoc = lazy.Regexp{Expr: `(?:^|[ \t])[0-9]*<<-?["']?([A-Za-z0-9_.]+)["']?(?:[ \t]|$)`, Holds: "<<"}

// escapeLine is the comment in the first lines that sets the character of escapes.
var escapeLine = lazy.Regexp{Expr: "(?i)^#[ \t]*escape[ \t]*=[ \t]*([\\\\`])[ \t]*$"}

// instructionsOf cuts a Dockerfile into instructions, and says which character escapes
// the next one. That at the end of a line and the line end become blanks, and so do
// comments and empty lines in between: all else stays in place.
func instructionsOf(text Text) (list []instruction, escape byte) {
	data, from, escape := []byte(text.s), -1, byte('\\')
	if mark := []byte("\ufeff"); bytes.HasPrefix(data, mark) {
		blank(data[:len(mark)])
	}
	head := true // before the first line that is none like # escape=`
	for at := 0; at < len(data) && len(list) <= maxInstructions; {
		start := at
		line, next := lineAt(data, at)
		at = next
		begin := bytes.TrimLeft(line, " \t")
		if head {
			m := escapeLine.Get().FindSubmatch(begin)
			if m != nil {
				escape = m[1][0]
			}
			head = m != nil || bytes.HasPrefix(begin, []byte("#")) && bytes.Contains(begin, []byte("="))
		}
		if len(begin) == 0 || begin[0] == '#' { // within an instruction, too
			if from >= 0 {
				blank(data[start:next])
			}
			continue
		}
		if from < 0 {
			from = start
		}
		if end := start + len(line); line[len(line)-1] == escape && next < len(data) {
			blank(data[end-1 : next])
			continue
		}
		in := instructionIn(text, data, from, start+len(line))
		if in.name == "RUN" || in.name == "COPY" || in.name == "ADD" {
			at = heredocs(data, in.text.s, next)
			in.more = string(data[next:at])
		}
		list, from = append(list, in), -1
	}
	if from >= 0 {
		list = append(list, instructionIn(text, data, from, len(data)))
	}
	return list, escape
}

// lineAt is a line without the blanks behind it, and where the next one begins.
func lineAt(data []byte, at int) (line []byte, next int) {
	line, _, _ = bytes.Cut(data[at:], []byte("\n"))
	return bytes.TrimRight(line, " \t\r"), min(at+len(line)+1, len(data))
}

func instructionIn(text Text, data []byte, from, to int) instruction {
	nowhere := func(Spelling) Spelling { return nil }
	name, rest := text.Slice(from, to).with(string(data[from:to]), nowhere).trim().cutBlank()
	return instruction{name: strings.ToUpper(name.s), text: rest}
}

// heredocs is where the lines end that an instruction begins with <<EOF.
func heredocs(data []byte, text string, at int) int {
	if !heredoc.MatchString(text) {
		return at
	}
	for _, m := range heredoc.Get().FindAllStringSubmatch(text, -1) {
		for at < len(data) {
			line, next := lineAt(data, at)
			at = next
			if string(bytes.TrimLeft(line, "\t")) == m[1] {
				break
			}
		}
	}
	return at
}

func blank(data []byte) {
	for i := range data {
		data[i] = ' '
	}
}

// trim is the text without blanks around it.
func (t Text) trim() Text {
	from := len(t.s) - len(strings.TrimLeft(t.s, " \t\r\n"))
	return t.Slice(from, max(from, len(strings.TrimRight(t.s, " \t\r\n"))))
}

// cutBlank cuts a text at its first blank.
func (t Text) cutBlank() (before, after Text) {
	i := strings.IndexAny(t.s, " \t")
	if i < 0 {
		i = len(t.s)
	}
	return t.Slice(0, i), t.Slice(i, len(t.s)).trim()
}

// words cuts a text at blanks that are neither in quotes nor escaped.
func (t Text) words(escape byte) (list []Text) {
	quote, from := byte(0), -1
	for i := 0; i <= len(t.s); i++ {
		if end := i == len(t.s); end || quote == 0 && strings.IndexByte(" \t\r\n", t.s[i]) >= 0 {
			if from >= 0 {
				list, from = append(list, t.Slice(from, min(i, len(t.s)))), -1
			}
			continue
		}
		if from < 0 {
			from = i
		}
		switch c := t.s[i]; {
		case c == escape && quote != '\'':
			if i+1 < len(t.s) {
				i++
			}
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
	return list
}

// word is what a Dockerfile makes of a word: quotes are taken away, an escaped character
// is itself, and variables have their values. Between ' and ' all is as it is written.
func (d *dockerfile) word(t Text) Text {
	var list []Text
	values := variables{d.lookup, unknown}
	quote, at := byte(0), 0
	replace := func(from, to int, by ...Text) {
		list, at = append(append(list, t.Slice(at, from)), by...), to
	}
	for i := 0; i < len(t.s); i++ {
		c, next := t.s[i], byte(0)
		if i+1 < len(t.s) {
			next = t.s[i+1]
		}
		switch {
		case c == quote:
			replace(i, i+1)
			quote = 0
		case quote == '\'':
		case quote == 0 && (c == '"' || c == '\''):
			replace(i, i+1)
			quote = c
		case c == d.escape && next != 0:
			if quote == 0 || next == '"' || next == '$' || next == d.escape {
				replace(i, i+1)
			}
			i++
		case c == '$' && next != 0:
			value, size, err := values.variable(t, i, 0)
			if d.left -= len(value.s); err != nil || d.left < 0 {
				return t
			}
			if size > 0 {
				replace(i, i+size, value)
				i += size - 1
			}
		}
	}
	return Join(append(list, t.Slice(at, len(t.s)))...)
}
