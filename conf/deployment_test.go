package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDeployment has what tells whether processes run on one machine: the machines
// that are named, Druid's own layout, and what is started together.
func TestDeployment(t *testing.T) {
	const (
		common  = "conf/druid/_common/common.runtime.properties"
		broker  = "conf/druid/broker/runtime.properties"
		data    = "conf/druid/historical/runtime.properties"
		zk      = "druid.zk.service.host="
		derby   = "druid.metadata.storage.connector.connectURI=jdbc:derby://"
		uri     = "druid.metadata.storage.connector.connectURI="
		all     = "broker bin/run-druid broker conf\nhistorical bin/run-druid historical conf\n"
		cluster = "conf/druid/cluster/_common/common.runtime.properties"
	)
	for name, c := range map[string]struct {
		files  map[string]string
		kind   DeploymentKind
		reason string
	}{
		"nothing":                  {map[string]string{broker: ""}, UnknownDeployment, "no file tells where the processes run"},
		"an ensemble":              {map[string]string{common: zk + "zk1,zk2", broker: ""}, Cluster, "it names zk1 and zk2"},
		"one server of ZooKeeper":  {map[string]string{common: zk + "zk1", broker: ""}, UnknownDeployment, "no file tells"},
		"ZooKeeper and a database": {map[string]string{common: zk + "zk1\n" + uri + "jdbc:mysql://db/druid", broker: ""}, Cluster, "it names zk1 and db"},
		"on one host both":         {map[string]string{common: zk + "m1:2181\n" + derby + "m1:1527/x", broker: ""}, UnknownDeployment, ""},
		"servers of zoo.cfg":       {map[string]string{"conf/zk/zoo.cfg": "server.1=a:2888:3888\nserver.2=b:2888:3888\n", broker: ""}, Cluster, "it names a and b"},
		"loopback":                 {map[string]string{common: zk + "localhost\n" + derby + "127.0.0.1/x", broker: ""}, SingleMachine, "every address is localhost"},
		"loopback and another":     {map[string]string{common: zk + "localhost\n" + uri + "jdbc:mysql://db/druid", broker: ""}, UnknownDeployment, ""},
		"any address":              {map[string]string{common: "druid.host=0.0.0.0", broker: ""}, UnknownDeployment, ""},
		"a placeholder":            {map[string]string{common: zk + "${A},${B}", broker: ""}, UnknownDeployment, ""},
		"announced on one":         {map[string]string{broker: "druid.host=h1", data: "druid.host=h1", common: zk + "zk1"}, SingleMachine, "no process names a machine other than h1"},
		"one announced":            {map[string]string{broker: "druid.host=h1", data: "", common: zk + "zk1"}, Cluster, "it names "},
		"announced apart":          {map[string]string{broker: "druid.host=h1", data: "druid.host=h2"}, Cluster, "it names h1 and h2"},
		"all on one":               {map[string]string{broker: "druid.host=h1", data: "druid.host=h1"}, SingleMachine, "every address is h1"},
		"started together":         {map[string]string{broker: "", data: "", "conf/supervise/all.conf": all}, SingleMachine, "supervise/all.conf starts everything"},
		"started by kind":          {map[string]string{broker: "", data: "", "conf/supervise/data.conf": "historical bin/run-druid historical conf\n"}, Cluster, "supervise/data.conf starts the processes of one kind of server"},
		"either":                   {map[string]string{broker: "", data: "", "conf/supervise/all.conf": all, "conf/supervise/data.conf": "historical bin/run-druid historical conf\n"}, Cluster, "supervise/data.conf"},
		"started, of one host":     {map[string]string{common: zk + "localhost", data: "", "conf/supervise/data.conf": "historical bin/run-druid historical conf\n"}, UnknownDeployment, "every address is localhost, and supervise/data.conf is made for several machines"},
		"no process of Druid's":    {map[string]string{broker: "", "conf/supervise/zk.conf": "zk bin/run-zk conf\n"}, UnknownDeployment, ""},
		// docs/operations/single-server.md and docs/tutorials/cluster.md.
		"conf/druid/cluster":              {map[string]string{cluster: "", "conf/druid/cluster/query/broker/runtime.properties": ""}, Cluster, "the layout is druid/cluster"},
		"conf/druid/cluster on localhost": {map[string]string{cluster: zk + "localhost", "conf/druid/cluster/query/broker/runtime.properties": ""}, UnknownDeployment, "every address is localhost, and druid/cluster is made for several machines"},
		"conf/druid/single-server":        {map[string]string{"conf/druid/single-server/small/broker/runtime.properties": ""}, SingleMachine, "the layout is druid/single-server/small"},
		"conf/druid/auto":                 {map[string]string{"conf/druid/auto/broker/runtime.properties": ""}, SingleMachine, "the layout is druid/auto"},
		"single-server of several":        {map[string]string{"conf/druid/single-server/large/_common/common.runtime.properties": zk + "a,b", "conf/druid/single-server/large/broker/runtime.properties": ""}, Cluster, "it names a and b"},
		"a cluster of nobody's":           {map[string]string{"etc/cluster/broker/runtime.properties": ""}, UnknownDeployment, ""},
	} {
		t.Run(name, func(t *testing.T) {
			trees, err := Open(t.Context(), write(t, c.files), Options{})
			require.NoError(t, err)
			require.Len(t, trees, 1)
			got := trees[0].Deployment()
			require.Equal(t, c.kind, got.Kind, got.Reason)
			require.Contains(t, got.Reason, c.reason)
			require.Equal(t, c.kind == Cluster, got.Cluster())
			require.Equal(t, c.kind == SingleMachine, got.Single())
		})
	}
}
