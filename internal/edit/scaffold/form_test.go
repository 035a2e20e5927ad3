package scaffold_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// What is written in any form is read back as the plan has it, and lint, which knows
// the containers' limits, has nothing to say of it.
func TestFormsAreClean(t *testing.T) {
	site, err := scaffold.ParseSite(scaffold.Addresses{ZooKeeper: "zk1:2181,zk2:2181,zk3:2181", Metadata: "postgresql://druid@db.internal/druid", DeepStorage: "s3://bucket/druid"})
	require.NoError(t, err)
	for _, name := range []string{"druid-0.16", "druid-0.22", "druid-25", "druid-33", "druid-38"} {
		target, err := schema.ParseTarget(name)
		require.NoError(t, err)
		for _, machine := range machines {
			plan := advise(t, target, machine, roles["cluster"])
			for _, form := range scaffold.Forms()[1:] {
				dir := t.TempDir()
				files, err := scaffold.FilesIn(form, plan, site)
				if form == "helm" && target.Release < 24 {
					require.ErrorContains(t, err, "from Druid 24 on")
					continue
				}
				require.NoError(t, err)
				_, err = scaffold.Write(dir, files, false)
				require.NoError(t, err)
				trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
				require.NoError(t, err)
				read := map[string]*conf.Service{}
				for _, tree := range trees {
					require.Equal(t, form, tree.Form)
					require.Empty(t, tree.Problems)
					result, err := rules.Lint(t.Context(), tree, rules.Options{Deployment: "cluster"})
					require.NoError(t, err)
					for _, f := range result.Findings {
						require.Equal(t, finding.Info, f.Severity, "%s %s: %s:%d %s %s", name, form, f.File, f.Line, f.Message, f.Rule)
					}
					for _, s := range tree.Services {
						read[s.Name] = s
					}
				}
				for _, server := range plan.Servers {
					for _, p := range server.Processes {
						service := strings.TrimSuffix(p.Service, "-overlord")
						if p.Service == "zookeeper" {
							continue
						}
						s := read[service]
						require.NotNil(t, s, "%s %s %s", name, form, service)
						for _, f := range p.Figures {
							if flag := f.Flag(); flag == "" && !strings.HasPrefix(f.Key, "druid.indexer.runner.javaOpts") {
								require.Equal(t, f.Value, s.Get(f.Key).Text, "%s %s %s %s", name, form, service, f.Key)
							} else if strings.HasPrefix(flag, "-Xm") || strings.HasPrefix(flag, "-XX:MaxDirect") {
								require.Contains(t, strings.Fields(string(s.JVM.Data)), flag, "%s %s %s", name, form, service)
							}
						}
					}
				}
			}
		}
	}
}

// What has no image is refused.
func TestFormsOfOtherTargets(t *testing.T) {
	site, err := scaffold.ParseSite(scaffold.Addresses{})
	require.NoError(t, err)
	for _, name := range []string{"imply-3.0.19", "druid-0.15"} {
		target, err := schema.ParseTarget(name)
		require.NoError(t, err)
		_, err = scaffold.FilesIn("compose", advise(t, target, machines[1], roles["data"]), site)
		require.ErrorContains(t, err, "the official image")
	}
	_, err = scaffold.FilesIn("yaml", advise(t, schema.DefaultTarget, machines[1], roles["data"]), site)
	require.ErrorContains(t, err, "write one of conf, docker-env")
}
