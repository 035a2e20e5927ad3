package scaffold_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
)

// written are the files of a plan by path.
func written(t *testing.T, target, role string) map[string]string {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	texts := map[string]string{}
	for _, f := range scaffold.Files(advise(t, parsed, machines[1], roles[role]), scaffold.Site{}) {
		require.NotContains(t, texts, f.Path, "written twice")
		texts[f.Path] = f.Text
	}
	return texts
}

// TestLayouts lists the folders of services, and all other files.
func TestLayouts(t *testing.T) {
	for _, c := range []struct{ target, role, services, others string }{
		{"imply-2.7", "cluster", "druid/broker druid/coordinator druid/historical druid/middleManager druid/overlord druid/router",
			"druid/_common/common.runtime.properties druid/_common/log4j2.xml pivot/config.yaml supervise/data.conf supervise/master-no-zk.conf supervise/master-with-zk.conf supervise/query.conf zk/jvm.config zk/log4j.xml zk/zoo.cfg"},
		{"imply-3.4", "query", "druid/broker druid/router", "druid/_common/common.runtime.properties druid/_common/log4j2.xml pivot/config.yaml supervise/query.conf"},
		{"druid-0.14", "master", "druid/coordinator druid/overlord", "druid/_common/common.runtime.properties druid/_common/log4j2.xml zk/jvm.config zk/log4j.xml zk/zoo.cfg"},
		{"druid-38", "cluster", "druid/cluster/data/historical druid/cluster/data/middleManager druid/cluster/master/coordinator-overlord druid/cluster/query/broker druid/cluster/query/router",
			"druid/cluster/_common/common.runtime.properties druid/cluster/_common/log4j2.xml supervise/cluster/data.conf supervise/cluster/master-no-zk.conf supervise/cluster/master-with-zk.conf supervise/cluster/query.conf zk/jvm.config zk/log4j2.xml zk/zoo.cfg"},
		{"druid-38", "all-in-one", "druid/single-server/all-in-one/broker druid/single-server/all-in-one/coordinator-overlord druid/single-server/all-in-one/historical druid/single-server/all-in-one/middleManager druid/single-server/all-in-one/router",
			"druid/single-server/all-in-one/_common/common.runtime.properties druid/single-server/all-in-one/_common/log4j2.xml supervise/single-server/all-in-one.conf zk/jvm.config zk/log4j2.xml zk/zoo.cfg"},
	} {
		want := []string{scaffold.ConfigName}
		for service := range strings.FieldsSeq(c.services) {
			for _, file := range []string{"jvm.config", "main.config", "runtime.properties"} {
				want = append(want, "conf/"+service+"/"+file)
			}
		}
		for file := range strings.FieldsSeq(c.others) {
			want = append(want, "conf/"+file)
		}
		var got []string
		for path := range written(t, c.target, c.role) {
			got = append(got, path)
		}
		require.ElementsMatch(t, want, got, "%s %s", c.target, c.role)
	}
}

func TestMainClass(t *testing.T) {
	require.Equal(t, "io.druid.cli.Main server overlord\n", written(t, "druid-0.12.3", "master")["conf/druid/overlord/main.config"])
	require.Equal(t, "org.apache.druid.cli.Main server coordinator\n", written(t, "druid-28", "master")["conf/druid/cluster/master/coordinator-overlord/main.config"])
}

func TestSupervise(t *testing.T) {
	require.Equal(t, `:verify bin/verify-java
:verify bin/verify-version-check

!p10 zk bin/run-zk conf
coordinator bin/run-druid coordinator conf
!p80 overlord bin/run-druid overlord conf
`, written(t, "imply-3.0", "cluster")["conf/supervise/master-with-zk.conf"])
	require.Contains(t, written(t, "imply-2.9", "query")["conf/supervise/query.conf"], "\nimply-ui bin/run-imply-ui conf\n")
	require.Contains(t, written(t, "imply-3.0", "query")["conf/supervise/query.conf"], "\npivot bin/run-pivot conf\n")
	require.Equal(t, `:verify bin/verify-java

historical bin/run-druid historical conf/druid/cluster/data
!p90 middleManager bin/run-druid middleManager conf/druid/cluster/data
`, written(t, "druid-38", "data")["conf/supervise/cluster/data.conf"])
}

// Pivot asks the Router for the Masters, where the Router knows them.
func TestPivot(t *testing.T) {
	require.Contains(t, written(t, "imply-3.0", "query")["conf/pivot/config.yaml"], "      host: localhost:8888\n      coordinatorHosts: [\"localhost:8888\"]\n")
	require.NotContains(t, written(t, "imply-2.7", "query")["conf/pivot/config.yaml"], "coordinatorHosts")
}
