package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/rules"
)

// unseenFolders are where the image looks for the files of the base tree's services.
var unseenFolders = map[string]string{
	"_common": "_common", "broker": "query/broker", "router": "query/router", "coordinator": "master/coordinator-overlord",
	"historical": "data/historical", "middleManager": "data/middleManager",
}

// TestUnseenFiles lints the bad examples as containers over a folder of configuration
// that nobody can look into: whatever is said then has to hold with the base tree's
// files in the folder too, since they may be what is in it.
func TestUnseenFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("many cases")
	}
	for _, r := range rules.All() {
		for _, c := range r.Example().Cases {
			env := unseenVariables(c)
			if c.Name != "bad" || len(env) == 0 {
				continue
			}
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				seen := lintUnseen(t, "./mounted", env)
				for f := range lintUnseen(t, "~/mounted", env) {
					require.Contains(t, seen, f)
				}
			})
		}
	}
}

// unseenVariables are what an example sets, by the folder, as lines of a Compose file.
func unseenVariables(c *rules.Case) map[string][]string {
	env := map[string][]string{}
	for _, f := range c.Files {
		folder := filepath.Base(filepath.Dir(f.Name))
		if filepath.Ext(f.Name) != ".properties" || unseenFolders[folder] == "" {
			continue
		}
		for _, e := range syntax.ParseProperties(f.Data).Entries {
			name := strings.ReplaceAll(strings.ReplaceAll(e.Key, "_", "__"), ".", "_")
			if strings.HasPrefix(name, "druid_") && !strings.ContainsAny(name, "-/$[") {
				env[folder] = append(env[folder], fmt.Sprintf("      %s: '%s'\n", name, strings.ReplaceAll(e.Value, "'", "''")))
			}
		}
	}
	return env
}

// lintUnseen lints containers with a folder mounted: rules and lines.
func lintUnseen(t *testing.T, folder string, env map[string][]string) map[string]bool {
	dir := t.TempDir()
	var compose strings.Builder
	compose.WriteString("services:\n")
	for _, role := range []string{"broker", "router", "coordinator", "historical", "middleManager"} {
		fmt.Fprintf(&compose, "  %s:\n    image: apache/druid:33.0.0\n    command: [%s]\n    volumes: ['%s:/opt/druid/conf/druid/cluster']\n    environment:\n      DRUID_SET_HOST_IP: '0'\n", strings.ToLower(role), role, folder)
		for _, line := range slices.Concat(env["_common"], env[role]) {
			compose.WriteString(line)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(compose.String()), 0o600))
	for from, to := range unseenFolders {
		to = filepath.Join(dir, "mounted", to)
		require.NoError(t, os.CopyFS(to, os.DirFS("testdata/base/conf/druid/"+from)))
	}
	trees, err := conf.Open(t.Context(), dir, conf.Options{Form: "compose"})
	require.NoError(t, err)
	results, err := rules.LintAll(t.Context(), rules.Options{}, trees...)
	require.NoError(t, err)
	found := map[string]bool{}
	for _, f := range results[0].Findings {
		if f.Rule != "ctr-file-unread" { // which says that the folder cannot be looked into
			found[fmt.Sprintf("%d: %s: %s", f.Line, f.Severity, f.Rule)] = true
		}
	}
	return found
}
