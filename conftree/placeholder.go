package conftree

import (
	"regexp"
	"strings"
)

// placeholder matches what deployment tools fill in, and what templates ask
// people to fill in.
var placeholder = regexp.MustCompile(strings.Join([]string{
	`\$\{[^}]*\}`,                   // ${X}, also Druid's own ${env:X}
	`#\{[^}]*\}`,                    // #{X}
	`\{\{.*?\}\}`,                   // {{ x }}
	`\{%.*?%\}`,                     // {% x %}
	`<%.*?%>`,                       // <%= x %>
	`\b__[A-Za-z][A-Za-z0-9_]*__\b`, // __X__
	`\$[A-Z_][A-Z0-9_]*\b`,          // $X
	`^\.\.\.$`,                      // ...
	`(?i)\byour[-_.][a-z0-9_.-]+`,   // your-bucket
	`(?i)\bchangeme\b`,
	`(?i)\b[a-z0-9.-]*example\.(com|org|net)\b`, // zk1.example.com
	`\b(zk\.host\.ip|metadata\.store\.ip)\b`,    // Druid's own templates
	`<[A-Za-z][A-Za-z0-9 _.-]*>`,                // <password>
}, "|"))

// HasPlaceholder reports whether text holds a token that somebody or some tool
// has yet to replace. Such a value is not judged.
func HasPlaceholder(text string) bool {
	_, ok := FindPlaceholder(text)
	return ok
}

// FindPlaceholder is the first such token.
func FindPlaceholder(text string) (string, bool) {
	if !strings.ContainsAny(text, "$#{<_.") && !strings.ContainsAny(text, "yYcC") {
		return "", false // quick: most values are numbers and plain words
	}
	loc := placeholder.FindStringIndex(text)
	if loc == nil {
		return "", false
	}
	return text[loc[0]:loc[1]], true
}

// interpolation matches Druid's own variables, which it resolves from 25 on.
var interpolation = regexp.MustCompile(`\$\{(env|sys|file):[^}]*\}`)

// FindInterpolation is the first ${env:X}, ${sys:X} or ${file:...}.
func FindInterpolation(text string) (string, bool) {
	m := interpolation.FindString(text)
	return m, m != ""
}
