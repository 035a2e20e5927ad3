package syntax

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/implycheck/implycheck/internal/lazy"
)

var yamlErrorText = lazy.Regexp{Expr: `^yaml: (?:line (\d+): )?(.*)`}

// syntaxError puts an error of the library into place and words. The library
// names a line only, and its parser, unlike its scanner, counts lines from 0.
func (r *yamlReader) syntaxError(err error) *SyntaxError {
	match := yamlErrorText.FindStringSubmatch(err.Error())
	if match == nil {
		return r.fail(0, 0, "not readable as YAML")
	}
	msg := match[2]
	if err := r.unplaced(msg); err != nil {
		return err
	}
	line, _ := strconv.Atoi(match[1]) // no number: the first line
	if match[1] != "" && fromYAMLParser(msg) {
		line++
	}
	line = min(max(line, 1), len(r.index.lines))
	if at, ok := r.leadingTab(line); ok {
		return r.fail(at, at+1, "a tab in the indentation: YAML is indented with blanks only")
	}
	start, end := r.index.lines[line-1].offset, r.index.lineEnd(line)
	start += len(r.data[start:end]) - len(bytes.TrimLeft(r.data[start:end], " \t"))
	return r.fail(start, end, msg)
}

// unplaced finds the place of the errors for which the library has none.
func (r *yamlReader) unplaced(msg string) *SyntaxError {
	switch {
	case strings.Contains(msg, "unknown anchor"):
		// Not in the words of the library, which quotes the text.
		_, name, _ := strings.Cut(msg, "'")
		name, _, _ = strings.Cut(name, "'")
		at := max(bytes.Index(r.data, []byte("*"+name)), 0)
		return r.fail(at, at+1, "an alias without an anchor: a text that begins with * has to be quoted")
	case strings.Contains(msg, "UTF-8"):
		at := firstNotUTF8(r.data)
		return r.fail(at, at+1, "not UTF-8")
	case strings.Contains(msg, "control characters"):
		at := max(bytes.IndexFunc(r.data, func(c rune) bool { return unicode.IsControl(c) && !unicode.IsSpace(c) }), 0)
		return r.fail(at, at+1, "a control character")
	}
	return nil
}

// fromYAMLParser tells the errors of the library's parser from those of its
// scanner.
func fromYAMLParser(msg string) bool {
	for _, prefix := range []string{"did not find expected", "found undefined tag handle", "found duplicate %", "found incompatible"} {
		if strings.HasPrefix(msg, prefix) && !strings.Contains(msg, "digit") && !strings.Contains(msg, "comment or line break") {
			return true
		}
	}
	return false
}

// leadingTab finds a tab in the indentation of the line of an error, or of the
// one after it: the library is not sure which of the two it means.
func (r *yamlReader) leadingTab(line int) (int, bool) {
	for _, n := range []int{line, line + 1} {
		if n > len(r.index.lines) {
			break
		}
		start := r.index.lines[n-1].offset
		text := r.data[start:r.index.lineEnd(n)]
		indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
		if tab := bytes.IndexByte(indent, '\t'); tab >= 0 {
			return start + tab, true
		}
	}
	return 0, false
}
