package rules_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// TestSeverityInTrees looks for one rule in small trees that the examples, which are laid
// over a whole cluster, cannot be: a shared file alone, and a cluster without an Overlord.
func TestSeverityInTrees(t *testing.T) {
	const silent finding.Severity = -1
	const common = "conf/druid/_common/common.runtime.properties"
	alone := func(lines string) map[string]string { return map[string]string{common: lines} }
	basic := `druid.auth.authenticatorChain=["db"]` + "\ndruid.auth.authenticator.db.type=basic\n"
	whole := func(shared string, more map[string]string) map[string]string {
		files := map[string]string{common: "druid.zk.service.host=zk1.internal\ndruid.metadata.storage.connector.connectURI=jdbc:mysql://db1.internal/druid\n" + shared}
		for _, name := range []string{"broker", "historical", "middleManager", "coordinator"} {
			files["conf/druid/"+name+"/runtime.properties"] = "druid.service=druid/" + name + "\n"
		}
		maps.Copy(files, more)
		return files
	}
	queue := map[string]string{"conf/druid/coordinator/runtime.properties": "druid.service=druid/coordinator\ndruid.indexer.queue.startDelay=PT5S\n"}
	both := maps.Clone(queue)
	both["conf/druid/overlord/runtime.properties"] = "druid.service=druid/overlord\n"
	pods := func(volumes ...string) map[string]string {
		text := ""
		for i, role := range []string{"middleManager", "historical"} {
			text += "apiVersion: v1\nkind: Pod\nmetadata: {name: druid-" + strings.ToLower(role) + "}\nspec:\n  volumes: [{name: data, persistentVolumeClaim: {claimName: " + volumes[i] + "}}]\n" +
				"  containers:\n  - name: druid\n    image: apache/druid:33.0.0\n    args: [" + role + "]\n    volumeMounts: [{name: data, mountPath: /opt/data}]\n" +
				"    env: [{name: druid_storage_type, value: local}, {name: druid_storage_storageDirectory, value: /opt/data/segments}, {name: druid_zk_service_host, value: zk1.internal}]\n---\n"
		}
		return map[string]string{"pods.yaml": text}
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		rule  string
		want  finding.Severity
	}{
		{"alone, extension missing", alone(basic + `druid.extensions.loadList=["druid-datasketches"]`), "ext-storage-not-loaded", finding.Warning},
		{"alone, the escalator first", alone("druid.escalator.type=basic\n" + basic + `druid.extensions.loadList=["druid-datasketches"]`), "ext-storage-not-loaded", finding.Warning},
		{"whole, the escalator first", whole("druid.escalator.type=basic\n"+basic+`druid.extensions.loadList=["druid-datasketches"]`+"\n", nil), "ext-storage-not-loaded", finding.Error},
		{"alone, extension there", alone(basic + `druid.extensions.loadList=["druid-basic-security"]`), "ext-storage-not-loaded", silent},
		{"alone, all extensions", alone(basic), "ext-storage-not-loaded", silent},
		{"alone, not in the chain", alone("druid.auth.authenticatorChain=[\"allowAll\"]\ndruid.auth.authenticator.db.type=basic\n" + `druid.extensions.loadList=["druid-datasketches"]`), "ext-storage-not-loaded", silent},
		{"a host in the file of each server", whole("druid.host=10.0.0.5\n", nil), "common-has-node-identity", finding.Warning},
		{"a host, and another one", whole("druid.host=10.0.0.5\n", map[string]string{"conf/druid/broker/runtime.properties": "druid.host=10.0.0.6\n"}), "common-has-node-identity", finding.Error},
		{"a port that is not opened", whole("druid.tlsPort=-1\n", nil), "common-has-node-identity", silent},
		{"a port that is not opened, alone", alone("druid.zk.service.host=zk1.internal\ndruid.tlsPort=8281\n"), "common-has-node-identity", silent},
		{"a port that is opened", whole("druid.tlsPort=8281\ndruid.enableTlsPort=true\n", nil), "common-has-node-identity", finding.Error},
		{"a volume each", pods("tasks", "segments"), "ctr-storage-not-shared", finding.Error},
		{"a volume each", pods("tasks", "segments"), "ds-local-in-cluster", silent},
		{"a folder each", whole("druid.storage.type=local\ndruid.storage.storageDirectory=/opt/data/segments\n", nil), "ds-local-in-cluster", finding.Warning},
		{"the Overlord's, and none", whole("", queue), "prop-wrong-service", silent},
		{"none", whole("", queue), "x-no-overlord", finding.Warning},
		{"the Overlord's, and one", whole("", both), "prop-wrong-service", finding.Warning},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, severityOf(t, c.files, c.rule))
		})
	}
}

// severityOf is how bad a rule finds a tree for Druid 33, or -1.
func severityOf(t *testing.T, files map[string]string, rule string) finding.Severity {
	t.Helper()
	for _, f := range lintTree(t, files, "druid-33", rules.Options{}).Findings {
		if f.Rule == rule {
			return f.Severity
		}
	}
	return -1
}

// lintTree lints the tree that some files are.
func lintTree(t *testing.T, files map[string]string, release string, o rules.Options) rules.Result {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o600))
	}
	target, err := schema.ParseTarget(release)
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
	require.NoError(t, err)
	result, err := rules.Lint(t.Context(), trees[0], o)
	require.NoError(t, err)
	return result
}
