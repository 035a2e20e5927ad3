package ports_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/ports"
)

// supervised is a tree with a supervise file for each of Imply's servers.
const supervised = `
-- conf/druid/coordinator/runtime.properties --
druid.service=druid/coordinator
-- conf/druid/broker/runtime.properties --
druid.service=druid/broker
-- conf/druid/historical/runtime.properties --
druid.service=druid/historical
-- conf/supervise/master.conf --
coordinator bin/run-druid coordinator conf
-- conf/supervise/query.conf --
broker bin/run-druid broker conf
-- conf/supervise/data.conf --
historical bin/run-druid historical conf
`

// servers are the machines of a tree: their role, and the processes on them.
func servers(list []ports.Server) []string {
	var lines []string
	for _, s := range list {
		var names []string
		for _, service := range s.Services {
			names = append(names, service.Name)
		}
		lines = append(lines, fmt.Sprintf("%s: %s%v", s.Name, s.Role, names))
	}
	return lines
}

func TestServers(t *testing.T) {
	tree := open(t, t.TempDir(), supervised, "")
	require.Equal(t, []string{"data.conf: data[historical]", "master.conf: master[coordinator]", "query.conf: query[broker]"}, servers(ports.Servers(tree, false)))
	require.Equal(t, 3, ports.Supervised(tree))

	// A file that starts everything is of no role, and one for another tree of none here.
	tree = open(t, t.TempDir(), supervised+`
-- conf/supervise/all.conf --
coordinator bin/run-druid coordinator conf
broker bin/run-druid broker conf
router bin/run-druid router conf
-- conf/supervise/other.conf --
broker bin/run-druid broker conf-other
`, "")
	require.Contains(t, servers(ports.Servers(tree, false)), "all.conf: [coordinator broker]")
	require.NotContains(t, fmt.Sprint(servers(ports.Servers(tree, false))), "other.conf")
	require.Equal(t, 3, ports.Supervised(tree))

	// Two that start the same kind of server are one role.
	tree = open(t, t.TempDir(), supervised+"-- conf/supervise/query2.conf --\nbroker bin/run-druid broker conf\n", "")
	require.Equal(t, 3, ports.Supervised(tree))

	tree = open(t, t.TempDir(), "-- conf/druid/historical/runtime.properties --\ndruid.port=1\n-- conf/druid/broker/runtime.properties --\ndruid.port=2\n", "")
	require.Equal(t, []string{"the query server: query[broker]", "the data server: data[historical]"}, servers(ports.Servers(tree, false)))
	require.Equal(t, []string{"the machine: [broker historical]"}, servers(ports.Servers(tree, true)))
	require.Zero(t, ports.Supervised(tree))

	tree = open(t, t.TempDir(), "-- conf/druid/broker/runtime.properties --\ndruid.port=2\n-- conf/supervise/query.conf --\nbroker bin/run-druid broker conf\n", "")
	require.Equal(t, []string{"query.conf: query[broker]"}, servers(ports.Servers(tree, false)))
}

// TestWhereZooKeeperIs has trees with a zoo.cfg, and whether their own processes
// are what Druid connects to.
func TestWhereZooKeeperIs(t *testing.T) {
	const (
		alone    = "-- conf/zk/zoo.cfg --\nclientPort=2181\n"
		ensemble = "-- conf/zk/zoo.cfg --\nclientPort=2181\nserver.1=zk1.internal:2888:3888\nserver.2=zk2.internal:2888:3888\n"
		master   = "-- conf/druid/coordinator/runtime.properties --\ndruid.service=druid/coordinator\n"
		derby    = "druid.metadata.storage.type=derby\ndruid.metadata.storage.connector.connectURI=jdbc:derby://m1.internal:1527/var/druid/metadata.db;create=true\n"
		runsZk   = "-- conf/supervise/master-with-zk.conf --\nzk bin/run-zk conf\ncoordinator bin/run-druid coordinator conf\n"
		runsNone = "-- conf/supervise/master-no-zk.conf --\ncoordinator bin/run-druid coordinator conf\n"
		pivotAt  = "-- conf/pivot/config.yaml --\ninitialSettings:\n  connections:\n    - name: druid\n      coordinatorHosts: [\"m1.internal:8081\"]\n"
	)
	at := func(hosts string) string { return common + "druid.zk.service.host=" + hosts + "\n" }
	for name, c := range map[string]struct {
		files string
		here  bool
		why   string
	}{
		"nothing says otherwise":        {alone + master, true, ""},
		"on loopback":                   {at("localhost") + alone + master, true, ""},
		"no zoo.cfg":                    {at("zk.internal") + master, false, "nothing in the tree starts it: Druid looks for it on zk.internal"},
		"a placeholder":                 {at("zk1.example.com") + master, false, "nothing in the tree starts it"},
		"no supervise file starts it":   {at("localhost") + alone + master + runsNone, false, "nothing in the tree starts it"},
		"one of the ensemble's":         {at("zk2.internal") + ensemble + master, true, ""},
		"none of the ensemble's":        {at("zk9.internal") + ensemble + master, false, "zoo.cfg names other servers"},
		"with Derby":                    {at("m1.internal") + derby + alone + master, true, ""},
		"elsewhere than Derby":          {at("zk9.internal") + derby + alone + master, false, "the Masters are on m1.internal"},
		"with a Derby not known":        {at("m1.internal") + strings.Replace(derby, "m1.internal", "${HOST}", 1) + alone + master, true, ""},
		"where the Coordinator is":      {at("m1.internal") + alone + master + "druid.host=m1.internal\n", true, ""},
		"elsewhere than it is":          {at("zk9.internal") + alone + master + "druid.host=m1.internal\n", false, "the Masters are on m1.internal"},
		"where Pivot looks for Masters": {at("m1.internal") + alone + master + pivotAt, true, ""},
		"elsewhere than Pivot looks":    {at("zk9.internal") + alone + master + pivotAt, false, "the Masters are on m1.internal"},
		"either supervise file":         {at("m1.internal") + alone + master + runsZk + runsNone, true, "with conf/supervise/master-with-zk.conf; not with conf/supervise/master-no-zk.conf"},
		"one supervise file":            {at("m1.internal") + alone + master + runsZk, true, ""},
		"found in another way":          {common + "druid.discovery.type=k8s\n" + alone + master, false, "druid.discovery.type"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			m := ports.Of(open(t, dir, c.files, "druid-28"), false)
			for _, l := range m.Listeners {
				if l.Name == "ZooKeeper" {
					require.Equal(t, c.here, l.Needed)
					require.EqualValues(t, 2181, l.Port) // zookeeperAdmin.md: clientPort of every example
					if c.why == "" {
						require.Empty(t, l.Why)
					}
					require.Contains(t, l.Why, c.why[max(0, len(c.why)-30):])
					require.Equal(t, strings.TrimSpace(l.Why), l.Why)
					return
				}
			}
			t.Fatal("no ZooKeeper")
		})
	}
}

// TestPeersOfOne has the ports that ZooKeeper's guide gives an ensemble
// (zookeeperStarted.md: server.1=zoo1:2888:3888): one alone opens neither.
func TestPeersOfOne(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), "-- conf/zk/zoo.cfg --\nclientPort=2181\n-- conf/druid/coordinator/runtime.properties --\ndruid.service=x\n", ""), false)
	got := map[string]string{}
	for _, l := range m.Listeners {
		if l.Process == "ZooKeeper" && !l.Needed {
			got[l.Name] = l.Range()
		}
	}
	require.Equal(t, map[string]string{"ZooKeeper (peers)": "2888", "ZooKeeper (election)": "3888"}, got)

	// One line of a server is no ensemble (QuorumPeerConfig.java), and two open what they say.
	const master = "-- conf/druid/coordinator/runtime.properties --\ndruid.service=x\n-- conf/zk/zoo.cfg --\nclientPort=2181\nserver.1=localhost:2888:3888\n"
	require.Equal(t, []string{"ZooKeeper 2181: master query data"}, lines(ports.Of(open(t, t.TempDir(), master, ""), false), "ZooKeeper"))
	m = ports.Of(open(t, t.TempDir(), strings.Replace(master, ":2888:3888", ":2889:3889", 1)+"server.2=localhost:2890:3890\n", ""), false)
	for _, l := range m.Listeners {
		require.NotContains(t, []string{"2888", "3888"}, l.Range())
	}
}

func TestTranquility(t *testing.T) {
	const starts = "-- conf/druid/historical/runtime.properties --\ndruid.port=1\n-- conf/supervise/data.conf --\nhistorical bin/run-druid historical conf\n"
	for name, c := range map[string]struct {
		files string
		want  []string
	}{
		"port":         {starts + "tranquility bin/tranquility server -configFile conf/tranquility/server.json\n-- conf/tranquility/server.json --\n{\"properties\": {\"http.port\": \"8201\"}}\n", []string{"Tranquility 8201: clients"}},
		"another file": {starts + "tranquility bin/tranquility server -configFile conf/tranquility/a.json\n-- conf/tranquility/server.json --\n{\"properties\": {\"http.port\": \"8201\"}}\n", []string{"Tranquility 8200: clients"}},
		// docs/server.md of Tranquility.
		"default":   {starts + "tranquility bin/tranquility server -configFile ./conf/tranquility/server.json\n-- conf/tranquility/server.json --\n{\"properties\": {}}\n", []string{"Tranquility 8200: clients"}},
		"no port":   {starts + "tranquility bin/tranquility server -configFile conf/tranquility/server.json\n-- conf/tranquility/server.json --\n{\"properties\": {\"http.port\": \"65536\"}}\n", nil},
		"its Kafka": {starts + "tranquility bin/tranquility kafka -configFile conf/tranquility/kafka.json\n", nil},
		"none":      {starts, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, lines(ports.Of(open(t, t.TempDir(), c.files, ""), false), "Tranquility"))
		})
	}
}

// TestPivot has the port of Imply's templates, 9095, which Pivot listens on
// without one in its file too.
func TestPivot(t *testing.T) {
	for text, want := range map[string][]string{
		"port: 9096":  {"Pivot 9096: clients"},
		"port: 65535": {"Pivot 65535: clients"},
		"port: 0":     nil,
		"port: x":     nil,
		"other: 1":    {"Pivot 9095: clients"},
	} {
		m := ports.Of(open(t, t.TempDir(), "-- conf/pivot/config.yaml --\n"+text+"\n-- conf/druid/broker/runtime.properties --\ndruid.port=1\n", ""), false)
		require.Equal(t, want, lines(m, "Pivot"), text)
	}
}

// opened are all ports that processes open, and the role of each server.
func opened(m ports.Map) []string {
	var list []string
	for _, l := range m.Listeners {
		if l.Needed {
			list = append(list, l.Role+": "+l.Name+" "+l.Range())
		}
	}
	return list
}

// TestWhatOpens has all ports of a tree, and no other. The numbers are those of
// the Cli classes of Druid, such as CliBroker.java.
func TestWhatOpens(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), supervised+"-- conf/supervise/query2.conf --\nbroker bin/run-druid broker conf\n", "druid-28"), false)
	require.Equal(t, []string{"master: Derby 1527", "master: coordinator 8081", "query: broker 8082", "data: historical 8083"}, opened(m))

	// One server that runs everything, where processes are of their own roles.
	all := `
-- conf/druid/coordinator/runtime.properties --
druid.service=druid/coordinator
-- conf/druid/historical/runtime.properties --
druid.service=druid/historical
-- conf/zk/zoo.cfg --
clientPort=2181
-- conf/zk/jvm.config --
-Dcom.sun.management.jmxremote.port=9989
-- conf/druid/_common/common.runtime.properties --
druid.metadata.storage.type=postgresql
-- conf/supervise/all.conf --
zk bin/run-zk conf
coordinator bin/run-druid coordinator conf
historical bin/run-druid historical conf
tranquility bin/tranquility server -configFile conf/tranquility/server.json
`
	m = ports.Of(open(t, t.TempDir(), all, "druid-28"), false)
	require.Equal(t, []string{"master: ZooKeeper 2181", "master: coordinator 8081", "master: ZooKeeper (JMX) 9989", "data: historical 8083", "data: Tranquility 8200"}, opened(m))
}

// TestWhyNothingOpens has what one could expect beside Druid, and the reason why it
// is not there.
func TestWhyNothingOpens(t *testing.T) {
	why := func(files, process string) string {
		for _, l := range ports.Of(open(t, t.TempDir(), files, "druid-28"), false).Listeners {
			if l.Process == process && !l.Needed {
				require.Equal(t, "default", l.Origin.String())
				return l.Range() + ": " + l.Why
			}
		}
		return ""
	}
	const broker = "-- conf/druid/broker/runtime.properties --\ndruid.service=druid/broker\n"
	require.Equal(t, "1527: no Coordinator in the tree, which would run it", why(broker, "Derby"))
	require.Equal(t, "1527: the metadata store is mysql: druid.metadata.storage.type", why(common+"druid.metadata.storage.type=mysql\n"+broker, "Derby"))
	require.Equal(t, "1527: the tree does not say what the metadata store is: druid.metadata.storage.type",
		why(common+"druid.metadata.storage.type=${STORE}\n-- conf/druid/coordinator/runtime.properties --\ndruid.service=druid/coordinator\n", "Derby"))
	require.Equal(t, "9095: no supervise file starts it with this tree", why(broker, "Pivot"))
	require.Equal(t, "8200: no supervise file starts it with this tree", why(broker, "Tranquility"))
	require.Equal(t, "2181: nothing in the tree starts it: Druid looks for it on localhost:2181", why(broker, "ZooKeeper"))
}

func TestOrigin(t *testing.T) {
	dir := t.TempDir()
	m := ports.Of(open(t, dir, "-- conf/druid/broker/runtime.properties --\n# a comment\ndruid.plaintextPort=1\n-- conf/druid/router/runtime.properties --\ndruid.service=druid/router\n", "druid-28"), false)
	for _, l := range m.Listeners {
		switch l.Process {
		case "broker":
			require.Contains(t, l.Origin.String(), "broker/runtime.properties:2")
		case "router":
			require.Equal(t, "default", l.Origin.String())
			require.Equal(t, "druid.plaintextPort", l.Origin.Property)
		}
	}

	// Without a URI it is the type that says what is needed.
	m = ports.Of(open(t, t.TempDir(), common+"druid.metadata.storage.type=mysql\n-- conf/druid/broker/runtime.properties --\ndruid.port=1\n", "druid-28"), false)
	for _, f := range m.Flows {
		if f.Process == "mysql" {
			require.Equal(t, "druid.metadata.storage.type", f.Origin.Property)
			require.Contains(t, f.Origin.String(), "common.runtime.properties:1")
		}
	}
}
