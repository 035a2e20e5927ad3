package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

var githubCommands = [...]string{finding.Info: "notice", finding.Warning: "warning", finding.Error: "error"}

// A workflow command is one line: https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
// What would end it, or one of its properties, is escaped as in
// @actions/core (src/command.ts).
var (
	githubData     = lazy.Replacer{Pairs: []string{"%", "%25", "\r", "%0D", "\n", "%0A"}}
	githubProperty = lazy.Replacer{Pairs: []string{"%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C"}}
)

// GitHub writes workflow commands, which GitHub shows beside the changed lines.
func GitHub(w io.Writer, r *finding.Report, o Options) error {
	out := bufio.NewWriter(Raw(w))
	for i := range r.Findings {
		f := o.placed(r.Findings[i])
		fmt.Fprintf(out, "::%s file=%s", githubCommands[f.Severity], githubProperty.Replace(printable(fileOf(&f))))
		if f.Line > 0 {
			fmt.Fprintf(out, ",line=%d", f.Line)
		}
		if f.Column > 0 {
			fmt.Fprintf(out, ",col=%d", f.Column)
		}
		fmt.Fprintf(out, ",title=%s::%s\n", githubProperty.Replace(printable(f.Rule)),
			githubData.Replace(printableLines(paragraphs(f.Message, f.Effect, f.Help))))
	}
	return out.Flush()
}
