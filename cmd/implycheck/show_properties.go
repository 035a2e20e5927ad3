package main

import (
	"bufio"
	"io"
	"strings"

	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
)

// effectiveProperties writes what one would paste into a properties file. Values
// that nobody knows without the hardware are comments, and so are secrets that
// are not to be shown; what only java reads stays in jvm.config.
func effectiveProperties(out io.Writer, s shown) error {
	w := bufio.NewWriter(out)
	for i, p := range s.processes {
		if i > 0 {
			w.WriteByte('\n')
		}
		w.WriteString("# " + visible(p.Service+" "+s.below(p.Dir)) + "\n")
		for _, v := range p.Values {
			w.WriteString(s.property(v))
		}
	}
	return w.Flush()
}

func (s shown) property(v effective.Value) string {
	switch text := s.value(v); {
	case v.Origin.Kind == effective.JVM && !strings.HasPrefix(v.Key, "druid."):
		return ""
	case v.Text == "" && v.Origin.Kind == effective.Formula:
		return "# " + keyEscapes.Replace(v.Key) + " = " + visible(v.Origin.Formula) + "\n"
	case text != v.Text:
		return "# " + keyEscapes.Replace(v.Key) + "=" + syntax.EscapeValue(text) + "\n"
	default:
		return keyEscapes.Replace(v.Key) + "=" + syntax.EscapeValue(text) + "\n"
	}
}

// keyEscapes writes a key so that java.util.Properties gives it back.
var keyEscapes = lazy.Replacer{Pairs: []string{`\`, `\\`, "=", `\=`, ":", `\:`, " ", `\ `, "\t", `\t`, "\f", `\f`, "\n", `\n`, "\r", `\r`, "#", `\#`, "!", `\!`}}
