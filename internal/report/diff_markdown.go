package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/implycheck/implycheck/internal/diff"
)

// DiffMarkdown writes a comparison for a pull request.
func DiffMarkdown(w io.Writer, r *diff.Report, _ DiffOptions) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### implycheck diff: %s\n", prose(diffSummary(r.Summary)))
	for _, c := range r.Clusters {
		if silent(c) {
			continue
		}
		if err := markdownCluster(out, c); err != nil {
			return err
		}
	}
	return out.Flush()
}

func markdownCluster(out *bufio.Writer, c diff.Cluster) error {
	fmt.Fprintf(out, "\n%s\n", prose(clusterTitle(c)))
	for _, g := range c.Groups {
		if err := markdownChanges(out, groupTitle(g), g.Changes); err != nil {
			return err
		}
	}
	for _, f := range c.Files {
		if err := markdownChanges(out, fileTitle(f), f.Changes); err != nil {
			return err
		}
	}
	markdownConsequences(out, c.Consequences)
	return nil
}

func markdownChanges(out *bufio.Writer, title string, changes []diff.Change) error {
	fmt.Fprintf(out, "\n**%s**\n", prose(title))
	if len(changes) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	rows := make([][]string, len(changes))
	for i, c := range changes {
		rows[i] = []string{code(c.Key), markdownSide(c.Before), markdownSide(c.After), prose(remark(c))}
	}
	return Table(out, []string{"", "before", "after", ""}, rows, TableOptions{Markdown: true})
}

// markdownSide is a value; where it stands is for those who read the files.
func markdownSide(v *diff.Value) string {
	switch {
	case v == nil:
		return ""
	case v.Text == "":
		return prose(sideText(v))
	case v.Default:
		return code(v.Text) + " (default)"
	case v.Reading != "":
		return code(sideText(v))
	}
	return code(v.Text)
}

func markdownConsequences(out *bufio.Writer, e diff.Consequences) {
	lines := consequenceLines(e)
	if len(lines)+len(e.Appear)+len(e.Disappear) == 0 {
		return
	}
	fmt.Fprint(out, "\n**Consequences**\n\n")
	for _, line := range lines {
		fmt.Fprintf(out, "- %s\n", prose(line))
	}
	for _, f := range e.Appear {
		fmt.Fprintf(out, "- appears: %s\n", prose(findingText(f)))
	}
	for _, f := range e.Disappear {
		fmt.Fprintf(out, "- disappears: %s\n", prose(findingText(f)))
	}
}
