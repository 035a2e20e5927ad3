package syntax

import (
	"fmt"
	"strings"
)

// shellOperators end the first command of a line, and with it its words.
const shellOperators = ";&|<>()"

// splitShell cuts a command into words as the shell does. It knows quotes,
// backslashes and comments; variables and patterns stay as they are written.
// The text stands at the offset base of the file. There may be so many words.
func splitShell(text string, base int, index *Lines, most int) ([]Word, *SyntaxError) {
	r := &shellReader{text: text, base: base, index: index}
	for {
		for r.at < len(text) && isShellBlank(text[r.at]) {
			r.at++
		}
		if r.at == len(text) || text[r.at] == '#' || strings.IndexByte(shellOperators, text[r.at]) >= 0 {
			return r.words, nil
		}
		if len(r.words) == most {
			return r.words, &SyntaxError{Span: index.span(base+r.at, base+r.at), Msg: fmt.Sprintf("more than %d words in the file: the others were not read", MaxValues)}
		}
		if err := r.word(); err != nil {
			return r.words, err
		}
	}
}

type shellReader struct {
	text  string
	at    int
	base  int
	index *Lines
	words []Word
}

func isShellBlank(c byte) bool {
	return c == ' ' || c == '\t'
}

// word reads one word.
func (r *shellReader) word() *SyntaxError {
	start := r.at
	quoted := false
	var text strings.Builder
	for r.at < len(r.text) {
		c := r.text[r.at]
		if isShellBlank(c) || strings.IndexByte(shellOperators, c) >= 0 {
			break
		}
		if c != '\\' && c != '\'' && c != '"' {
			if quoted {
				text.WriteByte(c)
			}
			r.at++
			continue
		}
		if !quoted {
			quoted = true
			text.WriteString(r.text[start:r.at])
		}
		if err := r.quoted(c, &text); err != nil {
			return err
		}
	}
	raw := r.text[start:r.at]
	word := raw
	if quoted {
		word = text.String()
	}
	r.words = append(r.words, Word{
		Text:      word,
		Raw:       raw,
		Span:      r.index.span(r.base+start, r.base+r.at),
		Quoted:    quoted,
		SplitFrom: len(r.words),
	})
	return nil
}

// quoted reads a backslash with the character behind it, or what stands
// between two quotes.
func (r *shellReader) quoted(quote byte, text *strings.Builder) *SyntaxError {
	open := r.at
	r.at++
	if quote == '\\' {
		if r.at < len(r.text) {
			quote = r.text[r.at]
			r.at++
		}
		text.WriteByte(quote)
		return nil
	}
	for ; r.at < len(r.text); r.at++ {
		c := r.text[r.at]
		if c == quote {
			r.at++
			return nil
		}
		if quote == '"' && c == '\\' && r.escapes() {
			r.at++
			c = r.text[r.at]
		}
		text.WriteByte(c)
	}
	return &SyntaxError{
		Span: r.index.span(r.base+open, r.base+open+1),
		Msg:  "this quote is never closed: the shell refuses the command, again and again",
	}
}

// escapes reports whether the backslash at r.at means something between double
// quotes.
func (r *shellReader) escapes() bool {
	return r.at+1 < len(r.text) && strings.IndexByte("$`\"\\", r.text[r.at+1]) >= 0
}
