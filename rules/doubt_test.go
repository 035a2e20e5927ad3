package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// TestErrorsUnderDoubt: what stops only some of the releases that a tree may be
// written for is no error until the release is known.
func TestErrorsUnderDoubt(t *testing.T) {
	const silent finding.Severity = -1
	for _, c := range []struct {
		name, rule, line string
		imply            bool
		target           string
		want             finding.Severity
	}{
		{"any Druid", "prop-size-units-too-new", "druid.processing.buffer.sizeBytes=512MiB", false, "", silent},
		{"an Imply of 2.8 to 3.4", "prop-size-units-too-new", "druid.processing.buffer.sizeBytes=512MiB", true, "", silent},
		{"told", "prop-size-units-too-new", "druid.processing.buffer.sizeBytes=512MiB", false, "druid-0.18.0", finding.Error},
		{"any Druid", "prop-removed-hard-fail", "druid.coordinator.merge.on=true", false, "", silent},
		{"told", "prop-removed-hard-fail", "druid.coordinator.merge.on=true", false, "druid-0.15.1", finding.Error},
		{"wrong in every release", "prop-type-int", "druid.server.http.numThreads=many", false, "", finding.Error},
	} {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				full := filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
				require.NoError(t, os.WriteFile(full, []byte(text), 0o600))
			}
			write("conf/druid/coordinator/runtime.properties", c.line)
			write("conf/druid/historical/runtime.properties", c.line)
			if c.imply {
				write("conf/pivot/config.yaml", "port: 9095")
			}
			var o conf.Options
			if c.target != "" {
				target, err := schema.ParseTarget(c.target)
				require.NoError(t, err)
				o.Target = &target
			}
			trees, err := conf.Open(t.Context(), dir, o)
			require.NoError(t, err)
			result, err := rules.Lint(t.Context(), trees[0], rules.Options{})
			require.NoError(t, err)
			var got []finding.Severity
			for _, f := range result.Findings {
				if f.Rule == c.rule {
					got = append(got, f.Severity)
				}
			}
			if c.want == silent {
				require.Empty(t, got) // the line itself tells a release that takes it
				return
			}
			require.NotEmpty(t, got)
			require.Equal(t, c.want, slices.Max(got)) // a process that does not read the key has an info
		})
	}
}
