package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// PlanMarkdown writes a plan for a ticket or a pull request. The reasons are
// there, folded.
func PlanMarkdown(w io.Writer, p *sizing.Plan, _ PlanOptions) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Sizing plan for %s\n", prose(p.Target.Name))
	for i := range p.Servers {
		if err := markdownServer(out, &p.Servers[i]); err != nil {
			return err
		}
	}
	if len(p.Flags) > 0 {
		if err := markdownProcess(out, everyJVM, p.Flags); err != nil {
			return err
		}
	}
	if len(p.Notes) > 0 {
		out.WriteByte('\n')
	}
	for _, note := range p.Notes {
		fmt.Fprintf(out, "- %s\n", prose(note))
	}
	return out.Flush()
}

func markdownServer(out *bufio.Writer, s *sizing.Server) error {
	fmt.Fprintf(out, "\n## %s: %s\n\n", prose(serverTitle(s)), prose(hardwareTitle(s)))
	parts := s.Parts()
	rows := make([][]string, len(parts))
	for i, part := range parts {
		rows[i] = []string{prose(part.Process), prose(string(part.Kind)), text.About(part.Bytes), sizing.Percent(part.Bytes, totalOf(parts))}
	}
	if err := Table(out, []string{"process", "memory", "size", "share"}, rows, TableOptions{Right: []int{2, 3}, Markdown: true}); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s\n", prose(remainder(s)))
	for i, process := range s.Processes {
		if err := markdownProcess(out, process.Service, shownFigures(s, i)); err != nil {
			return err
		}
	}
	if len(s.Notes) > 0 {
		out.WriteByte('\n')
	}
	for _, note := range s.Notes {
		fmt.Fprintf(out, "- %s\n", prose(note))
	}
	for _, step := range s.Setup() {
		fmt.Fprintf(out, "\nTo do: %s\n\n", prose(step.Text))
		for _, command := range step.Commands {
			fmt.Fprintf(out, "    %s\n", printable(command))
		}
	}
	return nil
}

func markdownProcess(out *bufio.Writer, heading string, figures []sizing.Figure) error {
	var settings, reasons [][]string
	for _, f := range figures {
		settings = append(settings, []string{code(f.Key), code(f.Value), meaning(&f)})
		reasons = append(reasons, []string{code(f.Key), prose(f.Formula), prose(f.Source)})
	}
	fmt.Fprintf(out, "\n### %s\n\n", prose(heading))
	if len(settings) == 0 {
		return nil
	}
	if err := Table(out, []string{"setting", "value", "meaning"}, settings, TableOptions{Markdown: true}); err != nil {
		return err
	}
	fmt.Fprint(out, "\n<details>\n<summary>How each number came about</summary>\n\n")
	if err := Table(out, []string{"setting", "because", "source"}, reasons, TableOptions{Markdown: true}); err != nil {
		return err
	}
	fmt.Fprint(out, "\n</details>\n")
	return nil
}

// prose escapes what Markdown would take for markup, and breaks what would call
// people: @name.
func prose(text string) string { return markup.Replace(printable(text)) }

var markup = lazy.Replacer{Pairs: []string{
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "#", `\#`, "$", `\$`, "@", "@&#8203;"}}

// code quotes text as code; its fence is longer than any within.
func code(text string) string {
	text = printable(text)
	if text == "" {
		return ""
	}
	fence, pad := "`", ""
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}
