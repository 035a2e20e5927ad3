package text

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// Mask stands for every secret, whatever its length.
const Mask = "****"

// credentials are secrets inside a longer text: user:password@ in a URL,
// password=... in a JDBC URL, and keys and passwords in -D flags.
var credentials = lazy.Regexp{Expr: `(?i)(//[^/@:\s"]*:)[^@/\s"]+(@)|((?:(?:password|passwd|pwd|secret|access_?key|api_?key|token|passphrase|credential|basicauth)[\w.]*|[._]key\w?)["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s"'&;,}]+)`}

// secretHints are words one of which every credential stands behind. Most lines
// hold none, and the expression above is too slow to be tried on all of them.
var secretHints = []string{"//", "pass", "pwd", "secret", "key", "token", "credential", "basicauth"}

// MaskText hides the credentials in a text of unknown make.
func MaskText(text string) string {
	lower := strings.ToLower(text)
	if !slices.ContainsFunc(secretHints, func(hint string) bool { return strings.Contains(lower, hint) }) {
		return text
	}
	return credentials.ReplaceAllString(text, "${1}${3}"+Mask+"${2}")
}
