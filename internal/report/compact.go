package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/implycheck/implycheck/finding"
)

// Compact writes one line a finding, for editors and grep. A finding that
// concerns no line stands at 1:1, so that every line has the same form.
func Compact(w io.Writer, r *finding.Report, _ Options) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(out, "%s:%d:%d: %s: %s [%s]\n", printable(fileOf(f)), max(f.Line, 1), max(f.Column, 1),
			f.Severity, printable(f.Message), printable(f.Rule))
	}
	return out.Flush()
}
