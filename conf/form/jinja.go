package form

import (
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// Bounds of what expressions may make of a text.
const (
	maxJinjaDepth = 10
	maxJinjaText  = 1 << 16
)

// Fill puts the values of variables into a text of a template; false where one of them
// is not known, or made in a way that is not known here. From are the variables, with
// the places of their values.
func (a *Ansible) Fill(template, text string, locals map[string]bool) (filled string, from []Named, ok bool) {
	role, ok := RoleOf(template)
	if !ok {
		return "", nil, false
	}
	j := &jinja{ansible: a, role: role, locals: locals}
	filled, ok = j.text(text, 0)
	return filled, j.from, ok
}

// jinja evaluates the expressions of one text.
type jinja struct {
	ansible *Ansible
	role    string
	locals  map[string]bool
	from    []Named
}

// jinjaLocal is where a template names a variable of its own.
var jinjaLocal = lazy.Regexp{Expr: `\{%[-+]?\s*(?:set|for)\s+([^=%]*?)\s*(?:=|\bin\b)`}

// Locals are the variables that a template sets itself.
func Locals(data []byte) map[string]bool {
	locals := map[string]bool{}
	for _, m := range jinjaLocal.FindAllStringSubmatch(string(data), -1) {
		for name := range strings.FieldsFuncSeq(m[1], func(c rune) bool { return c == ',' || c == ' ' || c == '(' || c == ')' }) {
			locals[name] = true
		}
	}
	return locals
}

// text replaces the expressions of a text. Blanks that {{- takes away are not known.
func (j *jinja) text(s string, depth int) (string, bool) {
	if depth > maxJinjaDepth || strings.Contains(s, "{%") || strings.Contains(s, "{#") {
		return "", false
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{{")
		b.WriteString(before)
		if !found {
			return b.String(), b.Len() <= maxJinjaText
		}
		expression, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.HasPrefix(expression, "-") || strings.HasPrefix(expression, "+") || strings.HasSuffix(expression, "-") || b.Len() > maxJinjaText {
			return "", false
		}
		v, ok := j.expression(expression, depth)
		if !ok || !v.set {
			return "", false
		}
		b.WriteString(v.text)
		s = after
	}
}

// jinjaValue is a value as a template prints it.
type jinjaValue struct {
	text string
	set  bool
	// falsy is set for what Python takes for false.
	falsy bool
}

// jinjaText is a value that is a text, and no number or switch.
func jinjaText(text string) jinjaValue { return jinjaValue{text, true, text == ""} }

// expression is a variable or a literal, and the filters behind it.
func (j *jinja) expression(s string, depth int) (v jinjaValue, ok bool) {
	parts, ok := splitFilters(s)
	if !ok {
		return v, false
	}
	v, ok = j.primary(parts[0], depth)
	for _, filter := range parts[1:] {
		if !ok {
			return v, false
		}
		v, ok = j.filter(v, filter, depth)
	}
	return v, ok
}

// splitFilters cuts an expression at the bars that stand in no quotes.
func splitFilters(s string) (parts []string, ok bool) {
	quote, from := byte(0), 0
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"', c == '\'':
			quote = c
		case c == '|':
			parts, from = append(parts, strings.TrimSpace(s[from:i])), i+1
		}
	}
	return append(parts, strings.TrimSpace(s[from:])), quote == 0
}

// What an expression may consist of.
var (
	jinjaString = lazy.Regexp{Expr: `^(?:'([^'\\]*)'|"([^"\\]*)")$`}
	jinjaNumber = lazy.Regexp{Expr: `^(?:0|-?[1-9][0-9]*)$`}
	jinjaFloat  = lazy.Regexp{Expr: `^(?:0|[1-9][0-9]{0,5})\.[0-9]{0,5}[1-9]$`}
	jinjaName   = lazy.Regexp{Expr: `^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*|\[(?:'[^'\\]*'|"[^"\\]*")\])*$`}
	jinjaKey    = lazy.Regexp{Expr: `[A-Za-z0-9_]+|'[^']*'|"[^"]*"`}
	jinjaFilter = lazy.Regexp{Expr: `^([a-z_]+)\s*(?:\((.*)\))?$`}
)

// yaml11 is what PyYAML takes for a number or a date, and prints otherwise than it is
// written.
var yaml11 = lazy.Regexp{Expr: `^(?:[-+]?0b[01_]+|[-+]?[0-9][0-9_]*|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|` +
	`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?i:inf|nan)|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?.*|=|<<)$`}

// primary is a variable or a literal.
func (j *jinja) primary(s string, depth int) (v jinjaValue, ok bool) {
	if m := jinjaString.FindStringSubmatch(s); m != nil {
		return jinjaText(m[1] + m[2]), true
	}
	switch {
	case jinjaNumber.MatchString(s):
		return jinjaValue{s, true, s == "0"}, true
	case s == "true", s == "True":
		return jinjaValue{"True", true, false}, true
	case s == "false", s == "False":
		return jinjaValue{"False", true, true}, true
	case !jinjaName.MatchString(s) || s == "none" || s == "None":
		return v, false
	}
	keys := jinjaKey.Get().FindAllString(s, -1)
	if j.locals[keys[0]] && depth == 0 {
		return v, false
	}
	m, known := j.ansible.variable(j.role, keys[0])
	if m == nil || !known {
		return v, known
	}
	n := m.Value
	for _, key := range keys[1:] {
		if n = n.Get(strings.Trim(key, `"'`)); n == nil {
			return v, false // an error, or a method of the value
		}
	}
	v, ok = j.scalar(n, depth)
	j.from = append(j.from, Named{keys[0], n.At})
	return v, ok
}

// scalar is a value of a file as a template prints it. YAML 1.1 takes more for numbers
// and switches than is plain to see.
func (j *jinja) scalar(n *Node, depth int) (v jinjaValue, ok bool) {
	if n.Kind != Scalar || n.IsNull() {
		return v, false
	}
	text := n.Text.s
	if n.isPlain() {
		switch lower := strings.ToLower(text); {
		case lower == "true" || lower == "yes" || lower == "on":
			return jinjaValue{"True", true, false}, true
		case lower == "false" || lower == "no" || lower == "off":
			return jinjaValue{"False", true, true}, true
		case jinjaNumber.MatchString(text):
			return jinjaValue{text, true, text == "0"}, true
		case jinjaFloat.MatchString(text):
			return jinjaValue{text, true, false}, true
		case yaml11.MatchString(text):
			return v, false
		}
	} else if n.Tag != "!!str" {
		return v, false // !vault and the like
	}
	out, ok := j.text(text, depth+1)
	if out != text && strings.ContainsAny(out[:min(len(out), 1)], "[{(") {
		return v, false // Ansible before 2.19 makes a list or a map of it
	}
	return jinjaText(out), ok
}

// filter applies a filter, of those that are the same for every value.
func (j *jinja) filter(v jinjaValue, s string, depth int) (jinjaValue, bool) {
	m := jinjaFilter.FindStringSubmatch(s)
	if m == nil {
		return v, false
	}
	name, arguments := m[1], m[2]
	if name == "default" || name == "d" {
		return j.otherwise(v, arguments, depth)
	}
	if !v.set || arguments != "" {
		return v, false
	}
	switch name {
	case "string":
		return jinjaText(v.text), true
	case "trim":
		return jinjaText(strings.TrimSpace(v.text)), true
	case "lower":
		return jinjaText(strings.ToLower(v.text)), true
	case "int":
		v.falsy = v.text == "0"
		return v, jinjaNumber.MatchString(v.text)
	case "bool":
		switch strings.ToLower(v.text) {
		case "true", "yes", "on", "1":
			return jinjaValue{"True", true, false}, true
		case "false", "no", "off", "0":
			return jinjaValue{"False", true, true}, true
		}
	}
	return v, false
}

// otherwise is the filter default: of a variable that nobody sets and, with true behind
// it, of one that is empty.
func (j *jinja) otherwise(v jinjaValue, arguments string, depth int) (jinjaValue, bool) {
	word, more, found := strings.Cut(arguments, ",")
	more = strings.TrimPrefix(strings.ReplaceAll(more, " ", ""), "boolean=")
	empty := strings.EqualFold(more, "true")
	if found && !empty && !strings.EqualFold(more, "false") {
		return v, false
	}
	if v.set && !(empty && v.falsy) {
		return v, true
	}
	return j.primary(strings.TrimSpace(word), depth)
}
