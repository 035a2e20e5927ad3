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
	`\b__[A-Za-z][A-Za-z0-9_]*__\b|` + // __X__
	`\$[A-Z_][A-Z0-9_]*\b|` + // $X
	`(?:^|/):[A-Z][A-Z0-9_]+:|` + // :X:
	`^\.\.\.$|` + // ...
	`(?i)\byour[-_.][a-z0-9_.-]+|` + // your-bucket
	`(?i)\bchange[-_.]?me\b|` +
	`(?i)\b[a-z0-9.-]*example\.(com|org|net)\b|` + // zk1.example.com
	`\b(zk\.host\.ip|metadata\.store\.ip)\b|` + // Druid's own templates
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

// hints are texts one of which every placeholder holds. Most values hold none,
// and the expression above is too slow to be tried on all of them.
var hints = []string{"#{", "{{", "{%", "__", "...", "example.", "your", ".ip", "change"}

func mayHavePlaceholder(text string) bool {
	if strings.ContainsAny(text, "$<") || strings.HasPrefix(text, ":") || strings.Contains(text, "/:") {
		return true
	}
	for _, hint := range hints {
		if strings.Contains(text, hint) {
			return true
		}
	}
	return strings.ContainsAny(text, "YCE") && hasUpperHint(strings.ToLower(text))
}

// hasUpperHint looks for the words that people also shout: YOUR_BUCKET.
func hasUpperHint(lower string) bool {
	return strings.Contains(lower, "your") || strings.Contains(lower, "change") || strings.Contains(lower, "example.")
}

// interpolation matches Druid's own variables, which it resolves from 25 on.
var interpolation = lazy.Regexp{Expr: `\$\{(env|sys|file):[^}]*\}`}

// FindInterpolation is the first ${env:X}, ${sys:X} or ${file:...}.
func FindInterpolation(text string) (string, bool) {
	m := interpolation.FindString(text)
	return m, m != ""
}
