package rules

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// TestWholeTrees has what a rule says of a whole tree, which the examples, laid over a
// cluster that has everything, cannot be: where, how bad, and in which words; "" for
// nothing.
func TestWholeTrees(t *testing.T) {
	const (
		shared = "conf/druid/_common/common.runtime.properties"
		zk     = "druid.zk.service.host=zk1.internal,zk2.internal,zk3.internal\n"
		java   = "-server\n-Xmx2g\n-XX:+ExitOnOutOfMemoryError\n-Duser.timezone=UTC\n-Dfile.encoding=UTF-8\n-Djava.io.tmpdir=/var/tmp/druid\n"
		image  = "services:\n  historical:\n    image: apache/druid:33.0.0\n    command: [historical]\n    env_file: druid.env\n" +
			"  coordinator:\n    image: apache/druid:33.0.0\n    command: [coordinator]\n    env_file: druid.env\n"
	)
	tree := func(common string, more ...string) map[string]string {
		files := map[string]string{shared: zk + common}
		for i := 0; i+1 < len(more); i += 2 {
			files["conf/druid/"+more[i]] = more[i+1]
		}
		return files
	}
	broker := []string{"broker/runtime.properties", "druid.service=druid/broker\n"}
	overlord := func(lines string) []string {
		return []string{"overlord/runtime.properties", "druid.service=druid/overlord\n" + lines}
	}
	master := []string{"coordinator/runtime.properties", "druid.service=druid/coordinator\n"}
	compose := func(env string) map[string]string {
		return map[string]string{"compose.yaml": image, "druid.env": env}
	}
	postgres := "druid.metadata.storage.type=postgresql\ndruid.extensions.loadList=[\"postgresql-metadata-storage\"]\n"
	workers := []string{"middleManager/runtime.properties", "druid.service=druid/middleManager\n", "historical/runtime.properties", "druid.service=druid/historical\n"}
	zooKeeper := func(tick string) map[string]string {
		return map[string]string{
			"roles/druid/templates/broker/runtime.properties.j2": "druid.service=druid/broker\n",
			"roles/zookeeper/templates/zoo.cfg.j2":               "tickTime={{ tick }}\ndataDir=/data/zk\nclientPort=2181\n",
			"roles/zookeeper/defaults/main.yml":                  "tick: " + tick + "\n",
		}
	}
	ansible := func(kind string) map[string]string {
		return map[string]string{
			"roles/druid/templates/_common/common.runtime.properties.j2": "druid.zk.service.host=zk1\n{% if kind != \"\" %}\ndruid.metadata.storage.type={{ kind }}\n{% endif %}\n",
			"roles/druid/templates/coordinator/runtime.properties.j2":    "druid.service=druid/coordinator\n",
			"roles/druid/defaults/main.yml":                              "kind: \"" + kind + "\"\n",
		}
	}
	for name, c := range map[string]struct {
		files map[string]string
		rule  string
		at    string // line:column: severity
		says  string
	}{
		"memcached until 2038": {tree("druid.cache.type=memcached\ndruid.cache.hosts=m:11211\ndruid.cache.expiration=2147483647\n", broker...), "thr-cache-external-hosts", "", ""},
		"memcached until 1970": {tree("druid.cache.type=memcached\ndruid.cache.hosts=m:11211\ndruid.cache.expiration=5184000\n", broker...), "thr-cache-external-hosts", "4:24: warning", "1970-03-02"},

		"tasks of an Overlord":      {tree("", overlord("druid.indexer.runner.type=local\ndruid.indexer.runner.javaOpts=-Xmx1g\ndruid.processing.buffer.sizeBytes=500000000\n")...), "mem-peon-direct", "3:31: error", "The Overlord runs, and every task stops"},
		"tasks of a MiddleManager":  {tree("", "middleManager/runtime.properties", "druid.service=druid/middleManager\ndruid.indexer.runner.javaOpts=-Xmx1g\ndruid.processing.buffer.sizeBytes=500000000\n"), "mem-peon-direct", "2:31: error", "The MiddleManager runs, and every task stops"},
		"a realtime process's":      {tree("druid.monitoring.monitors=[\"com.metamx.metrics.JvmMonitor\"]\n", "realtime/runtime.properties", "druid.service=druid/realtime\ndruid.publish.type=db\n"), "prop-choice-value", "2:20: info", "The process starts, and falls back"},
		"tasks and too much":        {tree("", "middleManager/runtime.properties", "druid.service=druid/middleManager\ndruid.indexer.runner.javaOpts=-Xmx1g\ndruid.processing.buffer.sizeBytes=4294967296\n"), "mem-peon-direct", "", ""},
		"capacity of an Overlord":   {tree("", overlord("druid.indexer.runner.type=remote\ndruid.worker.capacity=3\n")...), "prop-wrong-service", "3:1: warning", "not read by the overlord"},
		"capacity, said once":       {tree("", overlord("druid.indexer.runner.type=remote\ndruid.worker.capacity=3\n")...), "mm-settings-without-tasks", "", ""},
		"options of an Overlord":    {tree("", overlord("druid.indexer.runner.type=remote\ndruid.indexer.runner.javaOpts=-Xmx1g\n")...), "mm-settings-without-tasks", "3:1: warning", "starts no tasks"},
		"a buffer without its unit": {tree("", "historical/runtime.properties", "druid.service=druid/historical\ndruid.processing.buffer.sizeBytes=500000\n"), "mem-buffer-too-small", "2:35: warning", "Write a number of bytes"},
		"a buffer that may do":      {tree("", "historical/runtime.properties", "druid.service=druid/historical\ndruid.processing.buffer.sizeBytes=2000000\n"), "mem-buffer-too-small", "", ""},

		"levels of no emitter":       {tree("druid.emitter=noop\ndruid.emitter.logging.logLevel=debug\n", broker...), "obs-logging-level", "", ""},
		"levels of another":          {tree("druid.emitter=http\ndruid.emitter.http.recipientBaseUrl=http://m:1/\ndruid.emitter.logging.logLevel=debug\n", broker...), "obs-logging-level", "4:1: info", "is for the emitter logging, and druid.emitter is http"},
		"levels of one of several":   {tree("druid.emitter=composing\ndruid.emitter.composing.emitters=[\"logging\"]\ndruid.emitter.logging.logLevel=debug\n", broker...), "obs-logging-level", "4:32: info", "debug lines"},
		"levels, alone":              {tree("druid.emitter=logging\ndruid.emitter.logging.logLevel=debug\n"), "obs-logging-level", "3:32: info", "debug lines"},
		"levels, alone, of nothing":  {tree("druid.emitter.logging.logLevel=debug\n"), "obs-logging-level", "", ""},
		"levels of an image":         {compose("druid_emitter_logging_logLevel=debug\n"), "obs-logging-level", "", ""},
		"monitors of an image":       {compose("druid_emitter=noop\n"), "obs-monitors-without-emitter", "", ""},
		"one's own monitors":         {compose("druid_emitter=noop\ndruid_monitoring_monitors=[\"org.apache.druid.java.util.metrics.JvmMonitor\"]\n"), "obs-monitors-without-emitter", "1:15: info", "1 monitor, and no emitter"},
		"direct memory for one":      {compose("DRUID_MAXDIRECTMEMORYSIZE=12g\n"), "mem-direct-unused", "", ""},
		"HDFS, alone":                {tree("druid.extensions.loadList=[\"druid-hdfs-storage\"]\ndruid.storage.type=hdfs\ndruid.storage.storageDirectory=hdfs://n:9000/druid\n"), "ext-loaded-unused", "", ""},
		"HDFS, unused":               {tree("druid.extensions.loadList=[\"druid-hdfs-storage\"]\ndruid.storage.type=local\ndruid.storage.storageDirectory=/mnt/nfs/druid\n"), "ext-loaded-unused", "2:28: info", "segments and logs are elsewhere"},
		"an extension of one's own":  {tree("druid.extensions.loadList=[\"druid-mongo-extensions\"]\n", broker...), "ext-dir-missing", "2:28: info", "one of your own"},
		"a store of one's own":       {tree("druid.extensions.loadList=[\"oracle-metadata-storage\"]\n", broker...), "ext-dir-missing", "2:28: info", "one of your own"},
		"an extension and more":      {tree("druid.extensions.loadList=[\"druid-mysql-metadata-storage\"]\n", broker...), "ext-dir-missing", "2:28: error", "Did you mean mysql-metadata-storage?"},
		"a misspelt extension":       {tree("druid.extensions.loadList=[\"druid-hdfs-stroage\"]\n", broker...), "ext-dir-missing", "2:28: error", "Did you mean druid-hdfs-storage?"},
		"an extension in the plural": {tree("druid.extensions.loadList=[\"druid-s3-extension\"]\n", broker...), "ext-dir-missing", "2:28: error", "Did you mean druid-s3-extensions?"},

		"properties of one's own":     {tree("druid.extensions.loadList=[\"my-emitter\"]\ndruid.emitter=mine\ndruid.emitter.mine.address=a\ndruid.emitter.mine.colour=b\n", broker...), "prop-unknown", "4:1: info", "an extension of your own may"},
		"an extension that is gone":   {tree("druid.extensions.loadList=[\"druid-namespace-lookup\"]\ndruid.sql.enable=true\n", append(broker, "broker/main.config", "org.apache.druid.cli.Main server broker\n")...), "ext-removed-or-renamed", "2:28: error", "Write druid-lookups-cached-global."},
		"an extension of then":        {tree("druid.extensions.loadList=[\"druid-namespace-lookup\"]\n", broker...), "ext-removed-or-renamed", "", ""},
		"an extension of then, known": {tree("druid.extensions.loadList=[\"druid-namespace-lookup\"]\n", broker...), "ext-dir-missing", "", ""},

		"no URI, and flags elsewhere": {tree(postgres, master...), "meta-uri-missing", "2:29: warning", "by -D; else: Coordinator"},
		"no URI, and flags":           {tree(postgres, append(master, "coordinator/jvm.config", java)...), "meta-uri-missing", "2:29: error", "jdbc:postgresql://"},
		"an empty URI":                {tree(postgres+"druid.metadata.storage.connector.connectURI=\n", master...), "meta-uri-missing", "2:29: error", "jdbc:postgresql://"},
		"no locations":                {tree("", "historical/runtime.properties", "druid.service=druid/historical\n", "historical/jvm.config", java), "seg-locations-missing", "0:0: error", "The process stops"},

		"a chain that is off": {tree("druid.extensions.loadList=[\"druid-azure-extensions\"]\ndruid.storage.type=azure\ndruid.azure.account=a\ndruid.azure.container=c\ndruid.azure.key=k\ndruid.azure.useAzureCredentialsChain=False\n", master...), "ds-azure-google-keys", "", ""},
		"a chain and a key":   {tree("druid.extensions.loadList=[\"druid-azure-extensions\"]\ndruid.storage.type=azure\ndruid.azure.account=a\ndruid.azure.container=c\ndruid.azure.key=k\ndruid.azure.useAzureCredentialsChain=true\n", master...), "ds-azure-google-keys", "7:38: warning", "are both set"},

		"a folder in /tmp":        {tree("druid.storage.type=local\ndruid.storage.storageDirectory=/tmp/druid/segments\n", master...), "ds-local-dir-default-tmp", "3:32: warning", "deep storage is in /tmp/druid/segments"},
		"a folder in /tmp, alone": {tree("druid.storage.type=local\ndruid.storage.storageDirectory=/tmp/druid/segments\n"), "ds-local-dir-default-tmp", "3:32: warning", "deep storage is in /tmp/druid/segments"},
		"a folder called so":      {tree("druid.storage.type=local\ndruid.storage.storageDirectory=/tmpfs/druid\n", master...), "ds-local-dir-default-tmp", "", ""},
		"two folders of HDFS":     {tree("druid.storage.type=hdfs\ndruid.storage.storageDirectory=/druid\ndruid.indexer.logs.type=hdfs\ndruid.indexer.logs.directory=/logs\n", append(master, "middleManager/runtime.properties", "druid.service=druid/middleManager\n")...), "ds-hdfs-no-core-site", "3:32: info", "druid.storage.storageDirectory names no namenode"},
		"a folder in /tmp, once":  {tree("druid.storage.type=local\ndruid.storage.storageDirectory=/tmp/druid/segments\n", master...), "ds-local-in-cluster", "", ""},
		"a folder in /opt":        {tree("druid.storage.type=local\ndruid.storage.storageDirectory=/opt/druid/segments\n", master...), "ds-local-in-cluster", "2:20: warning", "/opt/druid/segments"},
		"what a tool fills in":    {tree("druid.plaintextPort=%%PORT%%\n", broker...), "props-template-placeholder", "2:21: warning", "%%PORT%% is still to be filled in"},
		"no number of a tool's":   {tree("druid.plaintextPort=%%PORT%%\n", broker...), "prop-type-int", "", ""},
		"a number that counts":    {tree("druid.server.http.numThreads=many\n", broker...), "prop-type-int", "2:30: error", "The process stops"},
		"a number that is hidden": {tree("druid.server.http.numThreads=many\n", "broker/runtime.properties", "druid.service=druid/broker\ndruid.server.http.numThreads=40\n"), "prop-type-int", "2:30: info", "Nothing yet: each process that reads the property has another value"},
		"a number nobody reads":   {tree("druid.coordinator.load.timeout=x\n", broker...), "prop-period-format", "2:32: info", "Nothing yet: with this configuration no process reads"},
		"a time that is hidden":   {tree("druid.indexer.runner.taskAssignmentTimeout=x\n", append(overlord("druid.indexer.runner.taskAssignmentTimeout=PT5M\n"), "middleManager/runtime.properties", "druid.service=druid/middleManager\ndruid.indexer.runner.taskAssignmentTimeout=PT5M\n")...), "prop-period-format", "2:44: info", "Nothing yet: each process that reads the property has another value"},
		"a time that is checked":  {tree("druid.indexer.runner.taskAssignmentTimeout=x\n", append(overlord("druid.indexer.runner.taskAssignmentTimeout=PT5M\n"), workers...)...), "prop-period-format", "2:44: error", "which the middleManager checks"},
		"a buffer that is hidden": {tree("druid.processing.buffer.sizeBytes=4294967296\n", "broker/runtime.properties", "druid.service=druid/broker\ndruid.processing.buffer.sizeBytes=500000000\n"), "mem-buffer-too-large", "2:35: info", "Nothing yet: each process that reads the property has another value"},
		"a number hidden for one": {tree("druid.server.http.numThreads=many\n", append(master, "broker/runtime.properties", "druid.service=druid/broker\ndruid.server.http.numThreads=40\n")...), "prop-type-int", "2:30: error", "The process stops"},
		"an Overlord by its name": {tree("", slices.Concat(master, broker, workers, []string{"overload/runtime.properties", "druid.service=druid/overlord\ndruid.indexer.runner.type=remote\n"})...), "x-no-overlord", "", ""},
		"no Overlord":             {tree("", slices.Concat(master, broker, workers)...), "x-no-overlord", "0:0: warning", "no Overlord"},
		"numbers of Ansible":      {zooKeeper("2000"), "zoo-cfg-syntax", "", ""},
		"no number of Ansible's":  {zooKeeper("2s"), "zoo-cfg-syntax", "1:10: warning", `tickTime is "2s"`},
		"an empty default":        {ansible(""), "prop-choice-value", "", ""},
		"a wrong default":         {ansible("postgres"), "prop-choice-value", "3:29: warning", `"postgres"`},
	} {
		t.Run(name, func(t *testing.T) {
			f := lintOf(t, maps.Clone(c.files))[c.rule]
			if c.at == "" {
				require.Nil(t, f)
				return
			}
			require.NotNil(t, f)
			require.Equal(t, c.at, fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Severity))
			require.Contains(t, f.Message+"\n"+f.Effect+"\n"+f.Help, c.says)
		})
	}
}

// TestHideKeepsWords has a password that is a word of the rule's own sentence.
func TestHideKeepsWords(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "common.runtime.properties")
	require.NoError(t, os.WriteFile(file, []byte("druid.metadata.storage.connector.password=password\n"), 0o600))
	trees, err := conf.Open(t.Context(), dir, conf.Options{})
	require.NoError(t, err)
	result, err := Lint(t.Context(), trees[0], Options{})
	require.NoError(t, err)
	i := slices.IndexFunc(result.Findings, func(f finding.Finding) bool { return f.Rule == "sec-plaintext-secret" })
	require.GreaterOrEqual(t, i, 0)
	shown := Hide(trees[0], result.Findings[i])
	require.Contains(t, shown.Effect, "has the password.")

	shown.Effect += " It is password."
	require.Contains(t, Hide(trees[0], shown).Effect, "It is ****.")
}

// TestHideKeepsMessage has a variable that is called after a password, before a word that is none.
func TestHideKeepsMessage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values.yaml")
	require.NoError(t, os.WriteFile(file, []byte("configVars:\n  druid_metadata_storage_type: postgresql\n  druid_metadata_storage_connector_password: hunter2secret\nbroker: {enabled: true}\nhistorical: {enabled: true}\n"), 0o600))
	trees, err := conf.Open(t.Context(), file, conf.Options{})
	require.NoError(t, err)
	result, err := Lint(t.Context(), trees[0], Options{})
	require.NoError(t, err)
	i := slices.IndexFunc(result.Findings, func(f finding.Finding) bool { return f.Rule == "k8s-helm-value-overwritten" })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, "the chart overwrites druid_metadata_storage_connector_password with what postgresql.enabled generates", Hide(trees[0], result.Findings[i]).Message)
}

// TestClustersOfNoRelease has two clusters: nothing tells the release of one, which starts an image
// without a tag, and what the image brings is no choice of anybody's. Where a value bounds the
// release it may be that of the other one, or cannot.
func TestClustersOfNoRelease(t *testing.T) {
	pod := func(image, env string) string {
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: broker\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n" +
			"    spec:\n      containers:\n      - name: broker\n        image: " + image + "\n        args: [broker]\n        env:\n" + env
	}
	const (
		list   = "        - {name: druid_extensions_loadList, value: '[\"druid-datasketches\", \"druid-histogram\"]'}\n"
		until  = "        - {name: druid_coordinator_balancer_strategy, value: cachingCost}\n"
		nobody = "        - {name: A, value: b}\n"
	)
	for name, c := range map[string]struct{ first, second, says string }{
		"nothing tells": {pod("apache/druid", nobody), pod("apache/druid:25.0.0", list), ""},
		"may be":        {pod("apache/druid", until), pod("apache/druid:25.0.0", list), ""},
		"cannot be":     {pod("apache/druid", until), pod("apache/druid:34.0.0", list), "the release: 34 here, 0.12 - 27 in "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"dc1/broker.yaml": c.first, "dc2/broker.yaml": c.second} {
				require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
			}
			trees, err := conf.Open(t.Context(), dir, conf.Options{})
			require.NoError(t, err)
			require.Len(t, trees, 2)
			results, err := LintAll(t.Context(), Options{}, trees...)
			require.NoError(t, err)
			said := ""
			for _, f := range Between([][]Result{results}) {
				if f.Rule == "dc-settings-differ" {
					said += f.Message
				}
			}
			if c.says == "" {
				require.Empty(t, said)
			}
			require.Contains(t, said, c.says)
		})
	}
}
