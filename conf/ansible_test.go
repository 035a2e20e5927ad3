package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTemplateNames reads templates by the names of what is made of them, unless that is
// there, too.
func TestTemplateNames(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"roles/druid/templates/common.runtime.properties.j2":         "druid.zk.service.host={{ zk }}\n",
		"roles/druid/templates/broker/runtime.properties.j2":         "druid.service=druid/broker\n",
		"roles/druid/templates/broker/jvm_config.j2":                 "-Xmx1g\n",
		"roles/druid/templates/middle_manager.runtime.properties.j2": "druid.service=druid/middleManager\n",
		"roles/druid/templates/middle_manager.jvm.config.j2":         "-Xmx2g\n",
		"roles/druid/templates/router-runtime.properties.erb":        "druid.service=druid/router\n",
		"roles/druid/templates/historical/runtime.properties":        "druid.service=druid/historical\n",
		"roles/druid/templates/historical/runtime.properties.j2":     "druid.service=other\n",
		"roles/druid/templates/jvm.config.md.j2":                     "no\n",
	})
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	tree := trees[0]
	require.Len(t, tree.Services, 4)
	require.Len(t, tree.Files, 7)
	require.Equal(t, "-Xmx1g", tree.Service("broker").JVM.Flags[0].Text)
	require.Equal(t, "-Xmx2g", tree.Service("middleManager").JVM.Flags[0].Text)
	require.NotNil(t, tree.Service("router").Runtime)
	require.True(t, tree.Service("historical").Get("druid.service").Is("druid/historical"))
	require.False(t, tree.Service("broker").Get("druid.zk.service.host").Known())
}

// TestTemplatesByName takes a file for a template by its name where envsubst or Terraform
// fills it in: nothing in it tells.
func TestTemplatesByName(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"conf/_common/common.runtime.properties_env": "druid.zk.service.host=${ZOOKEEPER}\n",
		"conf/broker/runtime.properties.tftpl":       "druid.service=druid/broker\n",
		"conf/router/runtime.properties":             "druid.service=druid/router\n",
	})
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	require.True(t, trees[0].Common.IsTemplate())
	require.True(t, trees[0].Service("broker").Runtime.IsTemplate())
	require.False(t, trees[0].Service("router").Runtime.IsTemplate())
}

// TestAnsibleTree reads values of a role where they are sure, and leaves secrets and what
// is set twice alone.
func TestAnsibleTree(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"roles/druid/templates/broker/runtime.properties.j2": "druid.service=druid/broker\ndruid.plaintextPort={{ port }}\n" +
			"druid.metadata.storage.connector.password={{ word }}\n{% if x %}\ndruid.host={{ port }}\n{% else %}\ndruid.host={{ zk }}\n{% endif %}\n" +
			"druid.extensions.loadList=[\"{{ ext }}\"]\ndruid.cache.type={{ none }}\n",
		"roles/druid/templates/broker/jvm.config.j2": "-Xmx{{ heap }}\n-Xms{{ two }}\n-Ddruid.x={{port}}\n",
		"roles/druid/defaults/main.yml":              "port: 8082\nword: geheim\nzk: a\nheap: 4g\ntwo: '1g -server'\next: druid-datasketches\nnone: ''\n",
	})
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	broker := trees[0].Service("broker")
	require.Len(t, trees[0].Files, 3, "the defaults are a file of the tree")
	require.True(t, broker.Get("druid.plaintextPort").Is("8082"))
	list, ok := broker.Get("druid.extensions.loadList").Strings()
	require.True(t, ok)
	require.Equal(t, []string{"druid-datasketches"}, list)
	require.False(t, broker.Get("druid.metadata.storage.connector.password").Known())
	require.False(t, broker.Get("druid.host").Known())
	require.False(t, broker.Get("druid.cache.type").Known(), "what is empty is for an inventory to set")
	require.True(t, broker.Get("druid.x").Is("8082"))
	require.EqualValues(t, 4<<30, broker.JVM.Flags[0].Bytes)
	require.NotEqual(t, "1g -server", broker.JVM.Flags[1].Value)

	fill := broker.Runtime.Fills()[0]
	require.Equal(t, "port", fill.Name)
	require.Equal(t, "roles/druid/defaults/main.yml", fill.At.File.Rel())
	require.Equal(t, 1, fill.At.Span.Start.Line)
	v := broker.Get("druid.plaintextPort")
	_, ok = v.File.Spell(v.ValueSpan, "8083")
	require.False(t, ok, "the expression stays")
	_, ok = v.File.Spell(v.Span, "druid.port")
	require.True(t, ok, "the key is the template's own")

	trees, err = Open(t.Context(), dir+"/roles/druid/templates", Options{})
	require.NoError(t, err)
	require.False(t, trees[0].Service("broker").Get("druid.plaintextPort").Known(), "what lies outside is not looked at")
}
