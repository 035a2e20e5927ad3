// Command docs writes the pages of the rules from the rules themselves. It is
// run by `go generate ./rules`; nothing of it is in the product.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/rules/internal/exampletree"
)

const dir = "../docs/rules"

func main() {
	log.SetFlags(0)
	if err := write(); err != nil {
		log.Fatal(err)
	}
}

// write lays the pages down anew, so that those of rules that are gone go too.
func write() error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var live []*rules.Rule
	for _, c := range preflight.All() {
		live = append(live, &c.Rule)
	}
	pages := map[string]string{"index.md": rules.Index(rules.All()) + "\n## Checks of implycheck preflight\n\n" + rules.Table(live)}
	for _, r := range live {
		pages[r.ID+".md"] = rules.Page(r, "")
	}
	for _, r := range rules.All() {
		output, err := output(r)
		if err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
		pages[r.ID+".md"] = rules.Page(r, output)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// output is what the text format prints of the wrong example.
func output(r *rules.Rule) (string, error) {
	var found []finding.Finding
	for _, c := range r.Example().Cases {
		if c.Name != "bad" {
			continue
		}
		all, err := exampletree.Lint(context.Background(), "testdata/base", c)
		if err != nil {
			return "", err
		}
		for _, f := range all {
			if f.Rule == r.ID {
				found = append(found, f)
			}
		}
	}
	var b bytes.Buffer
	err := report.Text(&b, &finding.Report{Findings: found}, report.Options{Width: 110, Verbose: true})
	// The last line counts files, of which there are none to count here.
	text, _, _ := strings.Cut(b.String(), "\n\n"+lastLine(b.String()))
	return strings.TrimRight(text, "\n") + "\n", err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}
