package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// druidRows is what real Druids did: one start a row, of one process, on the
// small cluster beside it with the row's edits. `make test-druid` starts them again.
const druidRows = "testdata/druid/rows.tsv"

// druidRow is one line of druidRows.
type druidRow struct {
	id      string
	release string // 33.0.0
	service string
	edits   []druidEdit
	// say is what lint should: nothing stands for what the outcome implies, an
	// error where the process refused and none where it started. finding: it
	// started, and did something else than is written. later: it started, and
	// what uses the value fails. A reason why lint says something else.
	say     string
	outcome string // started, refused or hung
	line    string // the first cause that the process printed
}

// druidEdit changes a line of a file: FILE: key=value sets a key, FILE: !text
// takes lines that start so away; FILE.jvm is the jvm.config, to which a flag
// is added.
type druidEdit struct{ file, text string }

const editSeparator = " ;; "

func parseDruidRow(line string) (druidRow, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 7 {
		return druidRow{}, fmt.Errorf("%d cells: %s", len(cells), line)
	}
	row := druidRow{id: cells[0], release: cells[1], service: cells[2], say: cells[4], outcome: cells[5], line: cells[6]}
	var err error
	row.edits, err = parseDruidEdits(cells[3])
	return row, err
}

func parseDruidEdits(cell string) ([]druidEdit, error) {
	var edits []druidEdit
	for edit := range strings.SplitSeq(cell, editSeparator) {
		service, text, ok := strings.Cut(edit, ": ")
		if !ok {
			return nil, fmt.Errorf("no edit: %s", edit)
		}
		edits = append(edits, druidEdit{druidFile(service), text})
	}
	return edits, nil
}

// druidFile is the file that an edit's short name means.
func druidFile(name string) string {
	file := "runtime.properties"
	switch service, jvm := strings.CutSuffix(name, ".jvm"); {
	case jvm:
		name, file = service, "jvm.config"
	case name == "common":
		name, file = "_common", "common.runtime.properties"
	}
	return "conf/druid/" + name + "/" + file
}

func (r druidRow) String() string {
	var edits []string
	for _, e := range r.edits {
		name := strings.Split(e.file, "/")[2]
		if strings.HasSuffix(e.file, "jvm.config") {
			name += ".jvm"
		}
		edits = append(edits, strings.TrimPrefix(name, "_")+": "+e.text)
	}
	return strings.Join([]string{r.id, r.release, r.service, strings.Join(edits, editSeparator), r.say, r.outcome, r.line}, "\t")
}

func readDruidRows(t *testing.T) []druidRow {
	data, err := os.ReadFile(druidRows)
	require.NoError(t, err)
	var rows []druidRow
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			row, err := parseDruidRow(line)
			require.NoError(t, err)
			require.Equal(t, line, row.String())
			rows = append(rows, row)
		}
	}
	return rows
}

// writeTo makes the cluster with the row's edits.
func (r druidRow) writeTo(t *testing.T, root string) {
	require.NoError(t, os.CopyFS(root, os.DirFS("testdata/druid/base")))
	for _, e := range r.edits {
		file := filepath.Join(root, e.file)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, []byte(e.apply(string(data))), 0o644))
	}
}

func (e druidEdit) apply(text string) string {
	start, add := e.text, e.text+"\n"
	if without, ok := strings.CutPrefix(e.text, "!"); ok {
		start, add = without, ""
	} else if key, _, ok := strings.Cut(e.text, "="); ok {
		start = key + "="
	}
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, start) {
			kept.WriteString(line)
		}
	}
	return kept.String() + add
}

// TestDruidRows lints what real Druids were started with.
func TestDruidRows(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	plain := map[string][]string{}
	agree, judged := 0, 0
	for _, row := range readDruidRows(t) {
		if row.outcome == "" || row.outcome == "hung" {
			continue
		}
		base, ok := plain[row.release]
		if !ok {
			base = signatures(druidRow{release: row.release}.lint(t))
			plain[row.release] = base
		}
		fresh := slices.DeleteFunc(row.lint(t), func(f finding.Finding) bool { return slices.Contains(base, signature(f)) })
		holds := row.holds(fresh)
		judged++
		switch {
		case holds:
			agree++
		case row.excused():
			t.Logf("known: %s %s %s: %v", row.release, row.id, row.outcome, signatures(fresh))
			continue
		default:
			t.Errorf("%s %s %s, %s: %v", row.release, row.id, row.outcome, row.line, signatures(fresh))
		}
	}
	t.Logf("%d of %d rows agree", agree, judged)
}

// excused tells a row of which lint says something else for a reason.
func (r druidRow) excused() bool { return r.say != "" && r.say != "finding" && r.say != "later" }

func (r druidRow) lint(t *testing.T) []finding.Finding {
	root := t.TempDir()
	r.writeTo(t, root)
	target, err := schema.ParseTarget("druid-" + strings.TrimSuffix(r.release, ".0.0"))
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), filepath.Join(root, "conf"), conf.Options{Target: &target})
	require.NoError(t, err)
	result, err := Lint(t.Context(), trees[0], Options{})
	require.NoError(t, err)
	for i := range result.Findings {
		f := &result.Findings[i]
		f.File = strings.TrimPrefix(f.File, filepath.ToSlash(root)+"/")
		for j := range f.Related {
			f.Related[j].File = strings.TrimPrefix(f.Related[j].File, filepath.ToSlash(root)+"/")
		}
	}
	return result.Findings
}

func (r druidRow) holds(fresh []finding.Finding) bool {
	near := func(f finding.Finding) bool {
		return slices.ContainsFunc(r.edits, func(e druidEdit) bool {
			return f.File == e.file || slices.ContainsFunc(f.Related, func(related finding.Related) bool { return related.File == e.file })
		})
	}
	isError := func(f finding.Finding) bool { return f.Severity == finding.Error }
	switch {
	case r.outcome == "refused":
		return slices.ContainsFunc(fresh, func(f finding.Finding) bool { return isError(f) && near(f) })
	case r.say == "later":
		return slices.ContainsFunc(fresh, near)
	case r.say == "finding":
		return slices.ContainsFunc(fresh, near) && !slices.ContainsFunc(fresh, isError)
	}
	return !slices.ContainsFunc(fresh, isError)
}
