package report

import (
	"bufio"
	"io"
	"strings"

	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
)

// effectiveProperties writes what one would paste into a properties file. Values
// that nobody knows without the hardware are comments, and so are secrets that
// are not to be shown; what only java reads stays in jvm.config.
func effectiveProperties(out io.Writer, s Effective) error {
	w := bufio.NewWriter(out)
	for i, p := range s.Processes {
		if i > 0 {
			w.WriteByte('\n')
		}
		w.WriteString("# " + text.Printable(p.Service+" "+s.below(p.Dir)) + "\n")
		for _, v := range p.Values {
			w.WriteString(s.property(v))
		}
	}
	return w.Flush()
}

func (s Effective) property(v effective.Value) string {
	switch {
	case v.Origin.Kind == effective.JVM && !strings.HasPrefix(v.Key, "druid."):
		return ""
	case v.Text == "" && v.Origin.Kind == effective.Formula:
		return "# " + syntax.EscapeKey(v.Key) + " = " + text.Printable(v.Origin.Formula) + "\n"
	case v.Hidden:
		return "# " + syntax.EscapeKey(v.Key) + "=" + syntax.EscapeValue(v.Text) + "\n"
	default:
		return syntax.EscapeKey(v.Key) + "=" + syntax.EscapeValue(v.Text) + "\n"
	}
}
