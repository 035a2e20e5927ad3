package form

import (
	"bytes"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// What the parts of a line are to python-dotenv, by which docker-compose 1.29 reads.
var (
	v1Start  = lazy.Regexp{Expr: `^(?:export[^\S\r\n]+)?(?:'([^']+)'|([^=#\s]+))?[^\S\r\n]*`}
	v1Single = lazy.Regexp{Expr: `^'((?:\\'|[^'])*)'`}
	v1Double = lazy.Regexp{Expr: `^"((?:\\"|[^"])*)"`}
	v1Plain  = lazy.Regexp{Expr: `^[^\r\n]*`}
	v1End    = lazy.Regexp{Expr: `^(?:[^\S\r\n]*#[^\r\n]*)?[^\S\r\n]*(?:\r\n|\n|\r|$)`}
	v1Ref    = lazy.Regexp{Expr: `\$\{([^}:]*)(:-[^}]*)?\}`}
	v1Note   = lazy.Regexp{Expr: `\s+#.*`}
)

// dotenvV1 reads an env file as docker-compose does before version 2: lines that it does
// not understand are left out, only ${NAME} and ${NAME:-default} are replaced, and that
// between single quotes, too.
func dotenvV1(s *Source, outside Lookup, missing func(string) string) ([]Var, *mistake) {
	r := &envReader{source: s, outside: outside, missing: missing}
	if r.starts("\ufeff") {
		r.at += len("\ufeff")
	}
	for len(r.vars) <= maxVariables {
		if r.skip(); r.at == len(s.Data) {
			break
		}
		begin := r.at
		name, value, set, ok := r.bindingV1()
		switch {
		case !ok:
			r.at = begin
			r.line()
		case set:
			r.set(Var{Name: name, Value: value})
		default:
			if v, known := outside(name.s); known {
				r.set(Var{Name: name, Value: v})
			}
		}
	}
	return r.vars, nil
}

// The escapes between quotes, as unescape has them.
var (
	v1SingleEscapes = []string{"''", `\\`}
	v1DoubleEscapes = []string{"a\a", "b\b", "f\f", "n\n", "r\r", "t\t", "v\v", `""`, `\\`, "''"}
)

// bindingV1 reads a line; false if it is none that sets a variable, or a comment.
func (r *envReader) bindingV1() (name, value Text, set, ok bool) {
	rest := r.rest()
	m := v1Start.Get().FindSubmatchIndex(rest)
	for i := 2; i < len(m); i += 2 {
		if m[i] >= 0 {
			name = Exact(string(rest[m[i]:m[i+1]]), Place{r.source, r.at + m[i], r.at + m[i+1]}, spellName)
		}
	}
	r.at += m[1]
	if r.starts("=") {
		r.at++
		r.at += len(r.rest()) - len(bytes.TrimLeft(r.rest(), " \t\v\f"))
		if value, set = r.valueV1(); !set {
			return name, value, false, false
		}
	}
	end := v1End.Get().FindIndex(r.rest())
	if end == nil {
		return name, value, set, false
	}
	r.at += end[1]
	return name, value, set, true
}

// valueV1 reads what stands behind the =; false for a quote without an end.
func (r *envReader) valueV1() (Text, bool) {
	rest := r.rest()
	take := func(from, to, size int) Text {
		t := Exact(string(rest[from:to]), Place{r.source, r.at + from, r.at + to}, spellQuote)
		r.at += size
		return t
	}
	if m := v1Single.Get().FindSubmatchIndex(rest); m != nil {
		return r.expandV1(unescape(take(m[2], m[3], m[1]), v1SingleEscapes)), true
	}
	if m := v1Double.Get().FindSubmatchIndex(rest); m != nil {
		return r.expandV1(unescape(take(m[2], m[3], m[1]), v1DoubleEscapes)), true
	}
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		return Text{}, false
	}
	size := v1Plain.Get().FindIndex(rest)[1]
	text := string(rest[:size])
	if note := v1Note.FindStringIndex(text); note != nil {
		text = text[:note[0]]
	}
	return r.expandV1(take(0, len(strings.TrimRight(text, " \t\v\f")), size)), true
}

// expandV1 puts the values of variables into a text.
func (r *envReader) expandV1(t Text) Text {
	var list []Text
	at := 0
	for _, m := range v1Ref.Get().FindAllStringSubmatchIndex(t.s, maxVariables) {
		name, value := t.s[m[2]:m[3]], ""
		v, known := r.outside(name)
		if i := r.index(name); !known && i >= 0 {
			v, known = r.vars[i].Value, true
		}
		switch {
		case known:
			value = v.s
		case m[4] >= 0:
			value = t.s[m[4]+len(":-") : m[5]]
		default:
			value = r.missing(name)
		}
		list = append(list, t.Slice(at, m[0]), t.Slice(m[0], m[1]).made(value))
		at = m[1]
	}
	return Join(append(list, t.Slice(at, len(t.s)))...)
}
