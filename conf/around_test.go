package conf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAround(t *testing.T) {
	t.Chdir(t.TempDir()) // names of folders above count
	for _, test := range []struct{ file, dir, rel string }{
		{"conf/druid/broker/runtime.properties", "conf", "druid/broker/runtime.properties"},
		{"./conf/druid/_common/common.runtime.properties", "conf", "druid/_common/common.runtime.properties"},
		{"conf/druid/_common/hadoop-xml/core-site.xml", "conf", "druid/_common/hadoop-xml/core-site.xml"},
		{"conf/druid/cluster/master/coordinator-overlord/jvm.config", "conf", "druid/cluster/master/coordinator-overlord/jvm.config"},
		{"conf/druid/single-server/small/_common/common.runtime.properties", "conf", "druid/single-server/small/_common/common.runtime.properties"},
		{"conf/druid/auto/_common/common.runtime.properties", "conf", "druid/auto/_common/common.runtime.properties"},
		{"conf-quickstart/druid/broker/jvm.config", "conf-quickstart", "druid/broker/jvm.config"},
		{"conf/zk/zoo.cfg", "conf", "zk/zoo.cfg"},
		{"conf/supervise/quickstart.conf", "conf", "supervise/quickstart.conf"},
		{"config/broker/runtime.properties", "config", "broker/runtime.properties"},
		{"prod/_common/common.runtime.properties", "prod", "_common/common.runtime.properties"},
		{"flat/broker.runtime.properties", "flat", "broker.runtime.properties"},
		{"broker.runtime.properties", ".", "broker.runtime.properties"},
		// Nothing says that the folder above druid is part of the tree.
		{"etc/druid/broker/runtime.properties", "etc/druid", "broker/runtime.properties"},
		// A folder with a telling name far above says nothing.
		{"/zk/etc/broker/runtime.properties", "/zk/etc", "broker/runtime.properties"},
		{"/conf/druid/broker/runtime.properties", "/conf", "druid/broker/runtime.properties"},
	} {
		dir, rel, err := Around(test.file)
		require.NoError(t, err, test.file)
		require.Equal(t, test.dir, dir, test.file)
		require.Equal(t, test.rel, rel, test.file)
	}
}

// The tree may start above the folder that the path starts in.
func TestAroundFromWithin(t *testing.T) {
	dir := write(t, map[string]string{
		"prod/zk/zoo.cfg":                      "clientPort=2181\n",
		"prod/druid/broker/runtime.properties": "druid.port=8082\n",
	})
	for _, test := range []struct{ wd, file, dir string }{
		{"prod/druid/broker", "runtime.properties", "../.."},
		{"prod/druid", "broker/runtime.properties", ".."},
		{"prod/zk", "../druid/broker/runtime.properties", ".."},
		{"prod", "druid/broker/runtime.properties", "."},
	} {
		t.Chdir(filepath.Join(dir, test.wd))
		got, rel, err := Around(test.file)
		require.NoError(t, err)
		require.Equal(t, test.dir, got, test.wd)
		require.Equal(t, "druid/broker/runtime.properties", rel)
		here, err := os.Stat(test.file)
		require.NoError(t, err)
		there, err := os.Stat(filepath.Join(got, rel))
		require.NoError(t, err)
		require.True(t, os.SameFile(here, there), test.wd)
	}
}
