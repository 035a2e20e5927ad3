package form

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lookup is the value of a variable outside of a file.
type Lookup func(name string) (Text, bool)

// mistake is an error at a place of a file.
type mistake struct {
	at Place
	error
}

// dotenv reads an env file as Docker Compose does since version 2. Of a variable
// that is set twice the last one counts; without a value it is the one outside.
func dotenv(s *Source, outside Lookup, missing func(string) string) ([]Var, *mistake) {
	r := &envReader{source: s, outside: outside, missing: missing}
	if r.starts("\ufeff") {
		r.at += len("\ufeff")
	}
	for {
		if r.skip(); r.at == len(s.Data) {
			return r.vars, nil
		}
		if len(r.vars) > maxVariables {
			return r.vars, r.fail(r.at, r.at, "more than %d variables", maxVariables)
		}
		name, alone, err := r.name()
		if err != nil {
			return r.vars, err
		}
		value, known := Text{}, true
		if alone {
			value, known = outside(name.s)
		} else if value, err = r.value(); err != nil {
			return r.vars, err
		}
		if known {
			v := Var{Name: name, Value: value}
			if i := r.index(name.s); i >= 0 {
				v.Before = r.vars[i].Name.Place()
			}
			r.set(v)
		}
	}
}

// envReader reads the files that name variables.
type envReader struct {
	source  *Source
	outside Lookup
	missing func(name string) string
	at      int
	vars    []Var
}

func (r *envReader) rest() []byte { return r.source.Data[r.at:] }

// starts reports whether the rest begins with a text.
func (r *envReader) starts(text string) bool { return bytes.HasPrefix(r.rest(), []byte(text)) }

func (r *envReader) fail(from, to int, format string, args ...any) *mistake {
	return &mistake{Place{r.source, from, to}, fmt.Errorf(format, args...)}
}

// index is where a variable is, -1 if it is not set.
func (r *envReader) index(name string) int {
	return slices.IndexFunc(r.vars, func(v Var) bool { return v.Name.s == name })
}

func (r *envReader) set(v Var) {
	if i := r.index(v.Name.s); i >= 0 {
		r.vars[i] = v
		return
	}
	r.vars = append(r.vars, v)
}

// line is the rest of the line, without its end; the reader goes behind it.
func (r *envReader) line() (from, to int) {
	data := r.source.Data
	from = r.at
	for r.at < len(data) && data[r.at] != '\n' {
		r.at++
	}
	to = r.at
	if r.at < len(data) {
		r.at++
	}
	return from, to
}

// skip passes over blanks, empty lines and comments.
func (r *envReader) skip() {
	for r.at < len(r.source.Data) {
		switch c := r.source.Data[r.at]; {
		case c == '#':
			r.line()
		case c == ' ', c == '\t', c == '\n', c == '\r', c == '\v', c == '\f':
			r.at++
		default:
			return
		}
	}
}

// name reads the name of a variable up to = or :, or to the end of the line.
func (r *envReader) name() (name Text, alone bool, _ *mistake) {
	data := r.source.Data
	if r.starts("export ") || r.starts("export\t") {
		r.at += len("export ")
		for r.at < len(data) && (data[r.at] == ' ' || data[r.at] == '\t') {
			r.at++
		}
	}
	from := r.at
	for ; ; r.at++ {
		if r.at == len(data) || data[r.at] == '\n' {
			alone = true
			break
		}
		c := data[r.at]
		if c == '=' || c == ':' {
			break
		}
		if c >= utf8.RuneSelf {
			char, size := utf8.DecodeRune(data[r.at:])
			if !unicode.IsLetter(char) && !unicode.IsNumber(char) {
				return name, false, r.fail(r.at, r.at+size, "unexpected character %q in the name of a variable", string(char))
			}
			r.at += size - 1
			continue
		}
		if strings.IndexByte(" \t\r\v\f_.-[]", c) < 0 && !unicode.IsLetter(rune(c)) && !unicode.IsNumber(rune(c)) {
			return name, false, r.fail(r.at, r.at+1, "unexpected character %q in the name of a variable", string(c))
		}
	}
	text := strings.TrimRight(string(data[from:r.at]), " \t\r\v\f")
	if strings.ContainsAny(text, " \t\r\v\f") {
		return name, false, r.fail(from, from+len(text), "the name of a variable may not contain a blank")
	}
	if r.at < len(data) {
		r.at++
	}
	return Exact(text, Place{r.source, from, from + len(text)}, spellName), alone, nil
}

func spellName(text string) (string, bool) { return text, true }

// value reads what stands behind the =.
func (r *envReader) value() (Text, *mistake) {
	data := r.source.Data
	for r.at < len(data) && (data[r.at] == ' ' || data[r.at] == '\t' || data[r.at] == '\r') {
		r.at++
	}
	if r.at < len(data) && (data[r.at] == '"' || data[r.at] == '\'') {
		return r.quoted(data[r.at])
	}
	from, to := r.line()
	text := string(data[from:to])
	text, _, _ = strings.Cut(text, " #")
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	return r.expand(Exact(text, Place{r.source, from, from + len(text)}, spellUnquoted))
}

func spellUnquoted(text string) (string, bool) {
	ok := oneLine(text) && !strings.Contains(text, " #") && !strings.ContainsAny(text, "$'") && !strings.HasPrefix(text, `"`) && strings.TrimSpace(text) == text
	return text, ok
}

// quoted reads a quoted value, over lines if need be. What follows the quote in its
// line does not count.
func (r *envReader) quoted(quote byte) (Text, *mistake) {
	data := r.source.Data
	from := r.at + 1
	for end := from; end < len(data); end++ {
		if data[end] == '\\' {
			end++ // what follows is no end
			continue
		}
		if data[end] != quote {
			continue
		}
		r.at = end
		r.line()
		t := Exact(string(data[from:end]), Place{r.source, from, end}, spellQuote)
		if quote == '\'' {
			return unescape(t, singleEscapes), nil
		}
		return r.expand(unescape(t, doubleEscapes))
	}
	_, to := r.line()
	return Text{}, r.fail(from-1, to, "a quoted value without an end")
}

func spellQuote(text string) (string, bool) {
	return text, oneLine(text) && !strings.ContainsAny(text, `'"\$`)
}

// The escapes between quotes: the character behind the backslash, and what both mean.
var (
	singleEscapes = []string{"''"}
	doubleEscapes = []string{"a\a", "b\b", "f\f", "n\n", "r\r", "t\t", "v\v", `""`, `\\`, "$$$"} // $$ becomes $ later
)

// unescape reads the escapes between quotes. A backslash before anything else is one.
func unescape(t Text, escapes []string) Text {
	if !strings.Contains(t.s, `\`) {
		return t
	}
	var list []Text
	at := 0
	for i := 0; i+1 < len(t.s); i++ {
		if t.s[i] != '\\' {
			continue
		}
		if e := slices.IndexFunc(escapes, func(escape string) bool { return escape[0] == t.s[i+1] }); e >= 0 {
			list = append(list, t.Slice(at, i), t.Slice(i, i+2).made(escapes[e][1:]))
			at = i + 2
		}
		i++
	}
	return Join(append(list, t.Slice(at, len(t.s)))...)
}

// expand puts the values of variables into a text.
func (r *envReader) expand(t Text) (Text, *mistake) {
	out, err := substitute(t, func(name string) (Text, bool) {
		if v, ok := r.outside(name); ok {
			return v, true
		}
		for _, v := range r.vars {
			if v.Name.s == name {
				return v.Value, true
			}
		}
		return Text{}, false
	}, r.missing)
	if err != nil {
		return out, &mistake{t.Place(), err}
	}
	return out, nil
}

// rawEnv reads an env file as docker run --env-file does: nothing is quoted, and
// nothing replaced.
func rawEnv(s *Source, outside Lookup, _ func(string) string) ([]Var, *mistake) {
	r := &envReader{source: s, outside: outside}
	if r.starts("\ufeff") {
		r.at += len("\ufeff")
	}
	for r.at < len(s.Data) && len(r.vars) <= maxVariables {
		from, to := r.line()
		text := strings.TrimSuffix(string(s.Data[from:to]), "\r")
		to = from + len(text)
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		from = to - len(text)
		if text == "" || text[0] == '#' {
			continue
		}
		name, value, found := strings.Cut(text, "=")
		if name == "" {
			return r.vars, r.fail(from, to, "a line without the name of a variable")
		}
		if strings.IndexFunc(name, unicode.IsSpace) >= 0 {
			return r.vars, r.fail(from, from+len(name), "the name of a variable may not contain a blank")
		}
		at := Exact(name, Place{s, from, from + len(name)}, spellName)
		if !found {
			if v, ok := outside(name); ok {
				r.vars = append(r.vars, Var{Name: at, Value: v})
			}
			continue
		}
		r.vars = append(r.vars, Var{Name: at, Value: Exact(value, Place{s, to - len(value), to}, spellLine)})
	}
	return r.vars, nil
}

// substitute replaces $NAME, ${NAME} and the like, as Compose does. What nobody sets
// becomes what missing says.
func substitute(t Text, lookup Lookup, missing func(name string) string) (Text, error) {
	return variables{lookup, missing}.replace(t, 0)
}

type variables struct {
	lookup  Lookup
	missing func(name string) string
}

// errSubstitution is what Compose refuses.
type errSubstitution struct{}

func (errSubstitution) Error() string {
	return "${ without a name and a } that belongs to it: a $ that is meant has to be written $$"
}

func (v variables) replace(t Text, depth int) (Text, error) {
	if !strings.Contains(t.s, "$") {
		return t, nil
	}
	if depth > 10 {
		return t, errors.New("variables within variables, too deep")
	}
	var list []Text
	at, total := 0, 0
	for i := 0; i < len(t.s); i++ {
		if t.s[i] != '$' || i+1 == len(t.s) {
			continue
		}
		replaced, size, err := v.variable(t, i, depth)
		if err != nil {
			return t, err
		}
		if size == 0 {
			continue
		}
		list = append(list, t.Slice(at, i), replaced)
		if total += len(replaced.s); total > maxValue {
			return t, errors.New("variables make it too long")
		}
		at = i + size
		i = at - 1
	}
	return Join(append(list, t.Slice(at, len(t.s)))...), nil
}

// maxValue bounds what variables may make of a value.
const maxValue = 1 << 20

// variable is what a $ in a text, and size bytes with it, stand for.
func (v variables) variable(t Text, i, depth int) (out Text, size int, err error) {
	rest := t.s[i+1:]
	switch {
	case rest[0] == '$':
		return t.Slice(i, i+2).made("$"), 2, nil
	case rest[0] != '{':
		n := nameLength(rest)
		if n == 0 {
			return out, 0, nil
		}
		return t.Slice(i, i+1+n).made(v.plain(rest[:n])), 1 + n, nil
	}
	end := braceEnd(rest)
	name := nameLength(rest[1:])
	if end < 0 || name == 0 {
		return out, 0, errSubstitution{}
	}
	whole := t.Slice(i, i+end+2)
	value, set := v.lookup(rest[1 : 1+name])
	op := rest[1+name : end]
	if op == "" {
		return whole.made(v.plain(rest[1 : 1+name])), end + 2, nil
	}
	empty := strings.HasPrefix(op, ":")
	op = strings.TrimPrefix(op, ":")
	if op == "" {
		return out, 0, errSubstitution{}
	}
	has := set && (value.s != "" || !empty)
	word, err := v.replace(t.Slice(i+1+end-len(op)+1, i+1+end), depth+1)
	switch {
	case op[0] == '-' && !has:
		return word, end + 2, err
	case op[0] == '+' && !has:
		return whole.made(""), end + 2, nil
	case op[0] == '+':
		return word, end + 2, err
	case op[0] == '?' && !has:
		return out, 0, fmt.Errorf("the variable %s has to be set: %s", rest[1:1+name], word.s)
	case op[0] == '-', op[0] == '?':
		return whole.made(value.s), end + 2, nil
	}
	return out, 0, errSubstitution{}
}

// plain is the value of a variable, set or not.
func (v variables) plain(name string) string {
	if value, ok := v.lookup(name); ok {
		return value.s
	}
	return v.missing(name)
}

// nameLength is how much of a text is the name of a variable.
func nameLength(text string) int {
	n := 0
	for n < len(text) && isIdentifier(text[:n+1]) {
		n++
		if n > 1000 {
			return 0
		}
	}
	return n
}

// braceEnd is where the brace that a text begins with is closed.
func braceEnd(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			if i == 0 || text[i-1] == '$' {
				depth++
			}
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
