package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// upgradeJSON is the report of a tree with something of nearly every kind.
func upgradeJSON(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"_common/common.runtime.properties": "druid.extensions.loadList=[\"druid-kafka-eight\", \"druid-orc-extensions\"]\ndruid.generic.useDefaultValueForNull=true\n",
		"broker/runtime.properties":         "druid.monitoring.monitors=[\"io.druid.client.cache.CacheMonitor\"]\ndruid.query.groupBy.maxResults=1\ndruid.query.vectorize=false\n",
		"broker/jvm.config":                 "-Xmx1g\n-XX:+UseConcMarkSweepGC\n",
	} {
		file := filepath.Join(dir, "conf", "druid", name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	var out, log bytes.Buffer
	require.Equal(t, exitClean, run([]string{"diff", "--target", "druid-0.12.3", "--to", "druid-38", "--format", "json", dir}, strings.NewReader(""), &out, &log), log.String())
	return out.String()
}

func TestUpgradeJSONMatchesSchema(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile("../../docs/upgrade.schema.json")
	require.NoError(t, err)
	validate := func(text string) error {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		return s.Validate(document)
	}
	valid := upgradeJSON(t)
	require.NoError(t, validate(valid))
	for _, kind := range []string{"refused", "extension-removed", "extension-moved", "class-renamed", "java", "removed", "renamed", "default-changed"} {
		require.Contains(t, valid, `"kind": "`+kind+`"`)
	}
	for name, mistake := range map[string][2]string{
		"other version": {`"version": 1`, `"version": 2`},
		"unknown field": {`"from": `, `"until": "", "from": `},
		"unknown kind":  {`"kind": "java"`, `"kind": "javascript"`},
		"line 0":        {`"line": 2`, `"line": 0`},
		"no severity":   {`"severity": "error"`, `"severity": ""`},
	} {
		broken := strings.Replace(valid, mistake[0], mistake[1], 1)
		require.NotEqual(t, valid, broken, name)
		require.Error(t, validate(broken), name)
	}
}
