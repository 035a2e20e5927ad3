package syntax

import (
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// placeholder matches what deployment tools fill in, and what templates ask
// people to fill in.
var placeholder = lazy.Regexp{Expr: "" +
	`\$\{[^}]*\}|` + // ${X}, also Druid's own ${env:X}
	`#\{[^}]*\}|` + // #{X}
	`\{\{.*?\}\}|` + // {{ x }}
	`\{%.*?%\}|` + // {% x %}
	`<%.*?%>|` + // <%= x %>
	`%%[A-Za-z][A-Za-z0-9_]*%%|` + // %%X%%
	`\b__[A-Za-z][A-Za-z0-9_]*__\b|` + // __X__
	`\$[A-Z_][A-Z0-9_]*\b|` + // $X
	`(?:^|/):[A-Z][A-Z0-9_]+:|` + // :X:
	`^\.\.\.$|` + // ...
	`^\*{3,}$|^[xX]{3,}$|` + // ****, for what is kept out of a file
	`(?i)\byour[-_.][a-z0-9_.-]+|` + // your-bucket
	`(?i)\bchange[-_.]?me\b|` +
	`(?i)\b[a-z0-9.-]*example\.(com|org|net)\b|` + // zk1.example.com
	`\b(zk\.host\.ip|metadata\.store\.ip)\b|` + // Druid's own templates
	`(?i)\b(?:(?:\d{1,3}|x{1,3})\.){3}x{1,3}\b|` + // 10.x.x.x
	`<[A-Za-z][A-Za-z0-9 _.-]*>`} // <password>

// HasPlaceholder reports whether text holds a token that somebody or some tool
// has yet to replace. Such a value is not judged.
func HasPlaceholder(text string) bool {
	_, ok := FindPlaceholder(text)
	return ok
}

// FindPlaceholder is the first such token.
func FindPlaceholder(text string) (string, bool) {
	if !mayHavePlaceholder(text) {
		return "", false
	}
	loc := placeholder.FindStringIndex(text)
	if loc == nil {
		return "", false
	}
	return text[loc[0]:loc[1]], true
}

// mayHavePlaceholder tells most values, which hold none, from the others: the
// expression above is too slow to be tried on all of them.
func mayHavePlaceholder(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case '$', '<':
			return true
		case '#', '{':
			if i+1 < len(text) && strings.IndexByte("{%", text[i+1]) >= 0 {
				return true
			}
		case ':':
			if i == 0 || text[i-1] == '/' {
				return true
			}
		case '%':
			if strings.HasPrefix(text[i:], "%%") {
				return true
			}
		case '_':
			if strings.HasPrefix(text[i:], "__") {
				return true
			}
		case '.':
			if strings.HasPrefix(text[i:], "...") || strings.HasPrefix(text[i:], ".ip") || hasWord(text[i:], ".x") {
				return true
			}
		case '*', 'x', 'X':
			if i == 0 && strings.Trim(text, text[:1]) == "" {
				return true
			}
		case 'y', 'Y':
			if hasWord(text[i:], "your") {
				return true
			}
		case 'c', 'C':
			if hasWord(text[i:], "change") {
				return true
			}
		case 'e', 'E':
			if hasWord(text[i:], "example.") {
				return true
			}
		}
	}
	return false
}

// hasWord reports whether a text begins with a word in whichever case.
func hasWord(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[:len(word)], word)
}

// interpolation matches Druid's own variables, which it resolves from 25 on.
var interpolation = lazy.Regexp{Expr: `\$\{(env|sys|file):[^}]*\}`, Holds: "${"}

// FindInterpolation is the first ${env:X}, ${sys:X} or ${file:...}.
func FindInterpolation(text string) (string, bool) {
	m := interpolation.FindString(text)
	return m, m != ""
}
