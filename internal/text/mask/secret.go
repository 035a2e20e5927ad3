package mask

import "strings"

// secret hides a value, from its first character to its last, but for what only
// says where the secret is: a reference or a password provider.
func (f *finder) secret(from, to int) {
	if from+1 < to && (f.text[from] == '"' || f.text[from] == '\'') && f.text[to-1] == f.text[from] {
		from, to = from+1, to-1
	}
	if from >= to {
		return
	}
	switch value := f.text[from:to]; {
	case value == "true" || value == "false" || value == "null" || isReference(value):
		f.at = max(f.at, to)
	case strings.HasPrefix(value, "${") && value[len(value)-1] == '}' && strings.Count(value, "${") == 1:
		f.hide(from+defaultIn(value), to-1)
	case f.isContainer(from, to):
		f.container(from, to)
	default:
		f.hide(from, to)
	}
}

// isReference reports whether a text names what is filled in elsewhere, and
// holds nothing of it: ${X}, ${env:X}, $X, {{ x }}, <%= x %>, <password>, __X__,
// @x@, #{x}, %X%.
func isReference(text string) bool {
	for _, form := range [...]struct {
		before, after string
		name          func(string) bool
	}{
		{"${env:", "}", isPlain}, {"${sys:", "}", isPlain}, {"${file:", "}", isPath}, {"${", "}", isPlain}, {"#{", "}", isPlain},
		{"{{", "}}", isExpression}, {"{%", "%}", isExpression}, {"<%", "%>", isExpression},
		{"<", ">", isWords}, {"__", "__", isWords}, {"@@", "@@", isWords}, {"@", "@", isWords}, {"%", "%", isWords}, {"$", "", isUpper},
	} {
		rest, opened := strings.CutPrefix(text, form.before)
		name, closed := strings.CutSuffix(rest, form.after)
		if opened && closed && strings.TrimSpace(name) != "" && form.name(name) {
			return true
		}
	}
	return false
}

func isPlain(name string) bool { return run(name, 0, isName) == len(name) }

func isPath(name string) bool {
	return !strings.Contains(name, ":-") && run(name, 0, func(c byte) bool { return isName(c) || c == '/' || c == ':' }) == len(name)
}

func isExpression(name string) bool {
	return run(name, 0, func(c byte) bool { return isName(c) || strings.IndexByte(" =|()", c) >= 0 }) == len(name)
}

// isWords wants letters only, or capitals: a password may stand in such signs.
func isWords(name string) bool {
	return isUpper(name) || run(name, 0, func(c byte) bool { return isName(c) && (c < '0' || c > '9') || c == ' ' }) == len(name)
}

func isUpper(name string) bool {
	return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}

// defaultIn is where the default of a reference begins: behind ${X:- or ${X:. What
// is no reference begins at once.
func defaultIn(text string) int {
	name := run(text, 2, isName)
	for _, scheme := range [...]string{"env", "sys", "file"} {
		if text[2:name] == scheme && name < len(text) && text[name] == ':' && !strings.HasPrefix(text[name:], ":-") {
			name = run(text, name+1, func(c byte) bool { return isName(c) && c != '-' || c == '/' })
		}
	}
	if name == 2 || text[name] != ':' {
		return 2
	}
	return name + 1 + len(text[name+1:]) - len(strings.TrimLeft(text[name+1:], "-=?+"))
}

// isContainer reports whether an array or object is all of a value; one that is
// cut off has no end.
func (f *finder) isContainer(from, to int) bool {
	value := f.text[from:to]
	if value[0] != '[' && (value[0] != '{' || !strings.ContainsAny(value, "\"'") && !strings.Contains(value, "type")) {
		return false
	}
	return f.closing(from, to) >= to-1
}

// container hides what an array or object holds that begins at from. Of an
// object that is a password provider the type and the names of variables stay:
// {"type": "environment", "variable": "X"}.
func (f *finder) container(from, limit int) {
	end := f.closing(from, limit)
	inside := f.text[from:min(end+1, limit)]
	w := members{f: f, at: from + 1, end: end, environment: isEnvironment(inside)}
	for w.at < w.end {
		w.next()
	}
	f.at = max(f.at, end)
}

// isEnvironment reports whether a provider says that it reads the environment;
// java gets it without quotes where nobody has escaped them.
func isEnvironment(provider string) bool {
	_, kind, ok := strings.Cut(provider, "type")
	return ok && strings.HasPrefix(strings.TrimLeft(kind, "\\\"': \t"), "environment")
}

// closing is where a bracket is closed, or else its line ends.
func (f *finder) closing(from, limit int) int {
	if !f.unclosed {
		depth := 0
		for i := from; i < limit; i++ {
			switch f.text[i] {
			case '"':
				if _, _, next := f.quoted(i); next < limit {
					i = next - 1
				}
			case '[', '{':
				depth++
			case ']', '}':
				if depth--; depth == 0 {
					return i
				}
			}
		}
		f.unclosed = true
	}
	return min(f.lineEnd(from), limit)
}

// members goes through an array or object, JSON or YAML, whole or not.
type members struct {
	f       *finder
	at, end int
	key     string
	// environment is set for a provider that names variables; variables counts the
	// brackets of an object of such names.
	environment bool
	variables   int
}

// next takes a bracket, a comma, a key or a value.
func (w *members) next() {
	text := w.f.text
	switch c := text[w.at]; {
	case c == '{' || c == '[':
		if w.variables > 0 || w.key == "variables" {
			w.variables++
		}
		w.at++
	case c == '}' || c == ']':
		w.variables = max(w.variables-1, 0)
		w.at++
	case c == '"' || c == '\'' || c == '\\' && w.at+1 < w.end:
		if c == '\\' && text[w.at+1] != '"' && text[w.at+1] != '\'' {
			w.at++
			return
		}
		from, to, next := w.f.quoted(w.at)
		w.take(from, min(to, w.end), next)
	case strings.IndexByte(",: \t\r\n", c) >= 0:
		w.at++
	default:
		to := run(text[:w.end], w.at, func(c byte) bool { return strings.IndexByte(",:[]{}\"'\r\n", c) < 0 })
		w.take(w.at, w.at+len(strings.TrimRight(text[w.at:to], blanks)), to)
	}
}

// take is called for a key or a value.
func (w *members) take(from, to, next int) {
	w.at = max(next, w.at+1)
	if i := skipBlanks(w.f.text, next); i < w.end && w.f.text[i] == ':' {
		w.key, w.at = w.f.text[from:to], i+1
		return
	}
	if !w.tells(w.f.text[from:to]) {
		w.f.secret(from, to)
	}
}

// tells reports whether a value only says where the secret is.
func (w *members) tells(value string) bool {
	if run(value, 0, isName) < len(value) {
		return false
	}
	return w.key == "type" && isProvider(value) || w.environment && (w.key == "variable" || w.variables > 0)
}

// isProvider reports whether a type is one of Druid's providers of passwords and
// of configuration.
func isProvider(kind string) bool {
	switch kind {
	case "default", "environment", "map", "mapString", "aws-rds-token":
		return true
	}
	return false
}
