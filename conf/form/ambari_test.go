package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func stackFile(properties ...string) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<!-- druid. -->\n<configuration>\n")
	for i := 0; i < len(properties); i += 2 {
		b.WriteString("  <property>\n    <name>" + properties[i] + "</name>\n    <value>" + properties[i+1] + "</value>\n  </property>\n")
	}
	return b.String() + "</configuration>\n"
}

// TestAmbariStack reads the definition of the service, without what is set when it is
// installed.
func TestAmbariStack(t *testing.T) {
	files := map[string]string{
		"DRUID/configuration/druid-common.xml": stackFile("druid.zk.service.host", "localhost:2181", "druid.zk.paths.base", "\n      /druid\n    ", "druid.storage.storageDirectory", "", "database_name", "druid"),
		"DRUID/configuration/druid-broker.xml": stackFile("druid.plaintextPort", "8082", "druid.processing.numThreads", "10", "druid.broker.cache.unCacheable", "[&quot;groupBy&quot;]"),
		"DRUID/configuration/druid-env.xml":    stackFile("druid.broker.jvm.heap.memory", "2048", "druid.broker.jvm.direct.memory", "4096"),
		"DRUID/configuration/druid-log4j.xml":  stackFile("content", "x"),
		"DRUID/metainfo.xml":                   "<metainfo><services><service><name>DRUID</name><version>0.10.1</version></service></services></metainfo>",
	}
	tree := read(t, "DRUID/configuration/druid-common.xml", files)
	require.Equal(t, "druid.zk.service.host=${druid.zk.service.host}\ndruid.zk.paths.base=/druid\ndruid.storage.storageDirectory=${druid.storage.storageDirectory}\n", tree.textOf("", "common.runtime.properties"))
	require.Equal(t, "druid.plaintextPort=8082\ndruid.processing.numThreads=${druid.processing.numThreads}\ndruid.broker.cache.unCacheable=[\"groupBy\"]\n", tree.textOf("broker", "runtime.properties"))
	require.Equal(t, "-Xms2048m\n-Xmx2048m\n-XX:MaxDirectMemorySize=4096m\n", tree.textOf("broker", "jvm.config"))
	require.Len(t, tree.Images, 1)
	require.Equal(t, "druid:0.10.1", tree.Images[0].Text)
	require.Len(t, tree.Sources, 4)

	var port Found
	for _, f := range tree.Files {
		if at := strings.Index(f.Text.String(), "8082"); f.Unit == "broker" && at >= 0 {
			port = f.Text.Find(at, at+4)
		}
	}
	require.Equal(t, 6, port.line())
	spelled, ok := port.Spell("a&b")
	require.True(t, ok)
	require.Equal(t, "a&amp;b", spelled)
}

// TestAmbariStackBroken tells of a file that is no XML, and expands no entities.
func TestAmbariStackBroken(t *testing.T) {
	bomb := "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n" + stackFile("druid.port", "&b;")
	tree := read(t, "druid-common.xml", map[string]string{
		"druid-common.xml": bomb, "druid-broker.xml": stackFile("druid.port", "8082"), "druid-router.xml": "<configuration>\n<property><name>druid.port</name>\n<value>1\n</configuration>\n",
	})
	require.Contains(t, tree.textOf("broker", "runtime.properties"), "druid.port=8082\n")
	require.NotContains(t, tree.textOf("broker", "common.runtime.properties"), "aaaa")
	require.Len(t, tree.Problems, 1)
	require.Contains(t, tree.Problems[0].Message, "cannot be read as XML")
	require.Equal(t, 4, tree.Problems[0].Place.line())
}
