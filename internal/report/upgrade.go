package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/diff/upgrade"
	"github.com/implycheck/implycheck/internal/text"
)

// UpgradeFormats are those of an upgrade.
var UpgradeFormats = []string{"text", "markdown", "json"}

// WriteUpgrade prints an upgrade: a chapter a consequence, for people or as
// markdown, or one document.
func WriteUpgrade(w io.Writer, format string, tool finding.Tool, r upgrade.Report) error {
	switch format {
	case "json":
		return WriteJSON(w, upgradeDoc(tool, r))
	case "markdown":
		return upgradePage{w, format, Prose, "## "}.write(r)
	}
	return upgradePage{w, format, text.Printable, ""}.write(r)
}

// upgradePage is where an upgrade is printed, and how text gets there.
type upgradePage struct {
	out     io.Writer
	format  string
	text    func(string) string
	heading string
}

func (p upgradePage) write(r upgrade.Report) error {
	if _, err := fmt.Fprintln(p.out, p.text(upgradeSummary(r))); err != nil {
		return err
	}
	for _, c := range upgrade.Chapters() {
		items := c.Of(r.Items)
		if len(items) == 0 {
			continue
		}
		fmt.Fprintf(p.out, "\n%s%s (%d)\n\n", p.heading, c.Title, len(items))
		header, row := []string{"", "where", "since", "what", "instead"}, itemRow
		if !slices.ContainsFunc(items, func(i upgrade.Item) bool { return i.Kind != upgrade.DefaultChanged }) {
			header, row = []string{"not set", "read by", "since", "was", "becomes"}, defaultRow
		}
		rows := make([][]string, len(items))
		for i, item := range items {
			for _, cell := range row(item) {
				rows[i] = append(rows[i], p.text(cell))
			}
		}
		if err := WriteTable(p.out, p.format, header, rows); err != nil {
			return err
		}
	}
	return nil
}

func itemRow(i upgrade.Item) []string {
	where := strings.Join(i.Services, ", ")
	if i.File != "" {
		where = strings.TrimPrefix(strings.TrimPrefix(i.File, i.Tree), "/")
		if i.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, i.Line)
		}
	}
	return []string{i.Severity.String(), where, i.Since, i.Message, i.Help}
}

func defaultRow(i upgrade.Item) []string {
	return []string{i.Property, strings.Join(i.Services, ", "), i.Since, i.Was, i.Becomes}
}

// upgradeSummary is an upgrade in a sentence.
func upgradeSummary(r upgrade.Report) string {
	by := map[finding.Severity]int{}
	for _, i := range r.Items {
		by[i.Severity]++
	}
	outcome := "nothing changes"
	if len(r.Items) > 0 {
		outcome = fmt.Sprintf("%s, %s, %s", count(by[finding.Error], "error"), count(by[finding.Warning], "warning"), count(by[finding.Info], "note"))
	}
	return fmt.Sprintf("%s, from %s (%s) to %s: %s", r.Tree, r.From, r.FromReason, r.To, outcome)
}

// upgradeDoc is the JSON shape of an upgrade, docs/upgrade.schema.json.
func upgradeDoc(tool finding.Tool, r upgrade.Report) any {
	if r.Items == nil {
		r.Items = []upgrade.Item{}
	}
	return struct {
		Version int          `json:"version"`
		Tool    finding.Tool `json:"tool"`
		upgrade.Report
	}{finding.Version, tool, r}
}
