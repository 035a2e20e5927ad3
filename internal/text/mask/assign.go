package mask

import (
	"strconv"
	"strings"
)

// assignment looks at what stands before and behind a sign: password=x,
// "password": "x", -Dfoo.password=x, ?password=x&.
func (f *finder) assignment() {
	name, start, quoted := f.nameBefore(f.at)
	i := f.at + 1
	for i < len(f.text) && i < f.at+3 && (f.text[i] == '=' || f.text[i] == ':' || f.text[i] == '>') {
		i++ // password := x, password => x
	}
	i = skipBlanks(f.text, i)
	if quoted {
		i = run(f.text, i, func(c byte) bool { return strings.IndexByte(blanks, c) >= 0 }) // JSON may break the line
	}
	if name == "" || f.o.Key == nil || !f.o.Key(name) && !f.isValue(name, i, start) && !f.isLogin(name, start) {
		if isLoginFlag(name) && start+1 < f.at && f.text[start] == '-' {
			f.login(i) // --user=name:password
		}
		return
	}
	f.take(name, i, start, quoted)
}

// take hides the value at i of the key at start.
func (f *finder) take(name string, i, start int, quoted bool) {
	f.at = i
	switch {
	case f.o.Indented && f.block(i, start):
	case f.o.Lines && f.beginsLine(start):
		f.line(i)
	case isHeader(name) && i < len(f.text) && f.text[i] != '"' && f.text[i] != '\'':
		f.secret(i, i+run(f.text[i:], 0, func(c byte) bool { return strings.IndexByte("\r\n\"'`<", c) < 0 }))
	case !quoted && f.isArgument(start):
		f.argumentValue(i, start)
	default:
		f.value(i, start)
	}
}

// isHeader reports whether a value of several words belongs to a key of HTTP:
// Authorization: Token x.
func isHeader(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return true
	}
	return false
}

// isValue reports whether a key is the value that goes with a name: {"name":
// "DB_PASSWORD", "value": "x"}. I is where the text of the key begins.
func (f *finder) isValue(name string, i, start int) bool {
	switch name {
	case "value":
		named := f.named
		f.named, f.valued = 0, place{i, start}
		return f.at < named
	case "name", "key":
		valued := f.valued
		f.named, f.valued = 0, place{}
		rest := strings.TrimLeft(f.text[i:min(len(f.text), i+longestName)], `\"'`)
		if named := rest[:run(rest, 0, isName)]; named == "" || !f.o.Key(named) {
			return false
		}
		f.named = i + 2*longestName
		if valued.i > 0 && i < valued.i+2*longestName && strings.IndexByte(f.text[valued.i:start], '}') < 0 {
			f.named = 0
			f.value(valued.i, valued.start) // {"value": "x", "name": "password"}
			f.at = max(f.at, i)
		}
	}
	return false
}

// isLogin reports whether a key names a user and its value is the password, as
// in the lines of JAAS: user_admin="x".
func (f *finder) isLogin(name string, start int) bool {
	return strings.HasPrefix(name, "user_") && strings.Contains(f.text[max(0, start-longestLogin):start], "LoginModule")
}

// longestLogin bounds how far the module of a login is looked for.
const longestLogin = 512

// longestName bounds how far a key is looked for.
const longestName = 256

// nameBefore is the key that ends before a sign, and where it begins.
func (f *finder) nameBefore(i int) (name string, start int, quoted bool) {
	for i > 0 && (f.text[i-1] == ' ' || f.text[i-1] == '\t') {
		i--
	}
	if i > 0 && (f.text[i-1] == '"' || f.text[i-1] == '\'') {
		i, quoted = i-1, true
		if i > 0 && f.text[i-1] == '\\' {
			i--
		}
	}
	end := i
	if i > 0 && !quoted && f.text[i-1] == '\\' {
		i, end = i-1, end-1 // password\=x
	}
	escaped := false
	for i > 0 && end-i < longestName && (isName(f.text[i-1]) || isEscape(f.text[i-1]) || isQuoteIn(f.text, i-1, end)) {
		i--
		escaped = escaped || !isName(f.text[i])
	}
	if !escaped {
		return flagName(f.text[i:end]), i, quoted
	}
	name, from := unescape(f.text[i:end])
	return flagName(name), i + from, quoted
}

func isEscape(c byte) bool { return c == '\\' || c == '%' }

// isQuoteIn reports whether the quote at i stands within a word: pass"wo"rd=x.
func isQuoteIn(text string, i, end int) bool {
	return (text[i] == '"' || text[i] == '\'') && i > 0 && isAlnum(text[i-1]) && i+1 < end && isAlnum(text[i+1])
}

// unescape reads pass%77ord and pass\u0077ord, and the key behind what is no
// escape, which begins at from.
func unescape(name string) (key string, from int) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c, digits := name[i], 0
		switch {
		case c == '%':
			digits = 2
		case c == '\\' && i+1 < len(name) && name[i+1] == 'u':
			i, digits = i+1, 4
		case c == '"' || c == '\'':
			continue
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		r, err := strconv.ParseUint(name[i+1:min(len(name), i+1+digits)], 16, 16)
		if err != nil {
			b.Reset()
			from = i + 1
			continue
		}
		b.WriteRune(rune(r))
		i += digits
	}
	return b.String(), from
}

// flagName is a key without what makes a flag of it: -Dkey, --key.
func flagName(name string) string {
	if name == "" || name[0] != '-' {
		return name
	}
	if key, ok := strings.CutPrefix(name, "-D"); ok {
		return key
	}
	return strings.TrimLeft(name, "-")
}

// beginsLine reports whether only the marks of a comment or a list stand before
// a key.
func (f *finder) beginsLine(start int) bool {
	before := strings.TrimRight(f.text[:start], "#!/-*\"' \t")
	return before == "" || before[len(before)-1] == '\n' || before[len(before)-1] == '\r'
}

// line hides what is left of a line.
func (f *finder) line(i int) {
	end := f.lineEnd(i)
	for !f.o.Indented && end > i && f.text[end-1] == '\\' && end < len(f.text) { // a line that goes on, be it in a comment
		next := end + len(f.text[end:]) - len(strings.TrimLeft(f.text[end:], "\r\n#! \t"))
		if strings.HasPrefix(f.text[next:], "druid.") || strings.Count(f.text[end:next], "\n") > 1 {
			break
		}
		end = f.lineEnd(next)
	}
	for end > i && (f.text[end-1] == ' ' || f.text[end-1] == '\t') {
		end--
	}
	f.secret(i, end)
	f.at = max(f.at, end)
}

// value hides the value that begins at i and ends where values in texts do.
// Start is where its key begins.
func (f *finder) value(i, start int) {
	if i < len(f.text)-1 && f.text[i] == '$' && (f.text[i+1] == '\'' || f.text[i+1] == '"') {
		i++ // the shell's $'x'
	}
	if i >= len(f.text) {
		return
	}
	switch c := f.text[i]; {
	case c == '[' || c == '{' && !strings.HasPrefix(f.text[i:], "{{"):
		f.container(i, len(f.text))
		if tail := f.bare(min(f.at+1, len(f.text)), start); f.at > i && tail > f.at+1 && (isName(f.text[f.at+1]) || f.text[f.at] != ']' && f.text[f.at] != '}') {
			f.hide(i, tail) // a password that begins like one
		}
	case c == '"' || c == '\'' || c == '`' || c == '\\' && i+1 < len(f.text) && (f.text[i+1] == '"' || f.text[i+1] == '\''):
		from, to, end := f.quoted(i)
		if tail := f.bare(end, start); tail > end && isAlnum(f.text[end]) {
			from, to = i, tail // the shell joins "a"b
		}
		f.secret(from, to)
		f.at = max(f.at, min(end, len(f.text)))
	default:
		f.secret(i, f.bare(i, start))
	}
}

// quoted is what stands between the quotes of which one is at i, and where it
// goes on. A quote that is not closed in its line ends with it.
func (f *finder) quoted(i int) (from, to, next int) {
	quote := f.text[i : i+1]
	if quote == `\` {
		quote = f.text[i : i+2]
	}
	from = i + len(quote)
	for j := from; j < len(f.text); j++ {
		switch {
		case f.text[j] == '\n' || f.text[j] == '\r':
			return from, j, j
		case strings.HasPrefix(f.text[j:], quote):
			return from, j, j + len(quote)
		case f.text[j] == '\\' && len(quote) == 1:
			j++
		}
	}
	return from, len(f.text), len(f.text)
}

// bare is the end of a value without quotes.
func (f *finder) bare(i, start int) int {
	ends := " \t\r\n\f\"'`<>,;&}]"
	if start > 0 {
		ends = f.endsBehind(start, ends)
	}
	if n := f.reference(min(i, len(f.text))); n > 1 { // blanks are part of it
		i += n
	}
	for i < len(f.text) && strings.IndexByte(ends, f.text[i]) < 0 {
		if f.text[i] == '\\' && i+1 < len(f.text) && f.text[i+1] != '\n' && f.text[i+1] != '\r' {
			i++
		}
		i++
	}
	return min(i, len(f.text))
}

// endsBehind are the characters that end a value, by what stands before its key. In
// a URL that is whole, or between quotes, only its next parameter does.
func (f *finder) endsBehind(start int, ends string) string {
	switch c := f.text[start-1]; {
	case c == '?', c == '&':
		if f.wholeURL {
			return "\r\n&"
		}
		if f.word > 0 && (f.text[f.word-1] == '"' || f.text[f.word-1] == '\'') {
			return "\r\n&" + f.text[f.word-1:f.word]
		}
		return " \t\r\n\f\"'`<>&;#"
	case f.wholeURL && c == ';' && !strings.HasSuffix(f.text[:start], "&amp;"), f.wholeURL && c == ':':
		return "\r\n;"
	case c == '(':
		return ends + ")"
	}
	return ends
}

// block hides the lines below a key of YAML that stand further to the right. It
// is false where the value stands in the line of the key.
func (f *finder) block(i, start int) bool {
	end := f.lineEnd(i)
	rest := strings.TrimSpace(f.text[i:end])
	if comment := strings.Index(rest, " #"); comment >= 0 || strings.HasPrefix(rest, "#") {
		rest = strings.TrimSpace(rest[:max(comment, 0)])
	}
	if strings.TrimLeft(rest, "|>+-0123456789") != "" && !(strings.ContainsAny(rest[:1], "&!") && !strings.ContainsAny(rest, " \t")) {
		return false
	}
	line := strings.LastIndexAny(f.text[:start], "\r\n") + 1
	indent := skipBlanks(f.text, line) - line
	from, to := -1, end
	for at := end; at < len(f.text); {
		next := at + len(f.text[at:]) - len(strings.TrimLeft(f.text[at:], "\r\n"))
		content := skipBlanks(f.text, next)
		last := f.lineEnd(next)
		if content < last {
			if item := f.text[content] == '-' && content-next == indent; content-next <= indent && !item {
				break
			}
			if from < 0 {
				from = content
			}
			to = last
		}
		at = max(last, at+1)
	}
	if from < 0 {
		return rest == ""
	}
	f.hide(from, to)
	return true
}
