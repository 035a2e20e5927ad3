package ports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/ports"
)

// flows are who connects to a process of the cluster, and why.
func flows(m ports.Map, process string) map[string]string {
	list := map[string]string{}
	for _, f := range m.Flows {
		if f.To != ports.External && f.Process == process {
			list[f.From] = strings.Join(f.Callers, " ") + ": " + f.Purpose
		}
	}
	return list
}

// TestWhoCalls has trees in which a caller is there, is not, or may be.
func TestWhoCalls(t *testing.T) {
	process := func(names ...string) (files string) {
		for _, name := range names {
			files += "-- conf/druid/" + name + "/runtime.properties --\ndruid.service=druid/" + name + "\n"
		}
		return files
	}
	security := common + "druid.extensions.loadList=[\"druid-basic-security\"]\n"
	for name, c := range map[string]struct {
		files, to string
		want      map[string]string
	}{
		// CommonCacheNotifier.java asks every process that it knows; nobody else calls a Router from a Master.
		"Router":                    {process("router", "coordinator"), "router", map[string]string{"clients": "clients: queries, web console"}},
		"Router and basic security": {security + process("router", "coordinator"), "router", map[string]string{"clients": "clients: queries, web console", "master": "coordinator: users and roles"}},
		"an extension of nobody's":  {common + "druid.extensions.loadList=[\"druid-kerberos\"]\n" + process("router"), "router", map[string]string{"clients": "clients: queries, web console"}},
		// An Overlord alone asks no Broker for lookups, and a Router would be on a Query server, of which the tree has one.
		"a role with another process": {process("broker", "overlord"), "broker", map[string]string{"clients": "clients: queries"}},
		"a role without any":          {process("broker"), "broker", map[string]string{"clients": "clients: queries", "master": "coordinator: lookups"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, flows(ports.Of(open(t, t.TempDir(), c.files, "druid-28"), false), c.to))
		})
	}
}

// TestTasksCallTheOverlord wherever tasks run: on a Data server, or in an
// Overlord itself.
func TestTasksCallTheOverlord(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), "-- conf/druid/overlord/runtime.properties --\ndruid.indexer.runner.type=local\ndruid.worker.capacity=1\n", "druid-28"), false)
	require.Equal(t, []string{"tasks 8100: master query"}, lines(m, ports.Peon))
	require.Contains(t, flows(m, "overlord")["master"], "peon")
}

// TestOnly has the part of a map that concerns one role.
func TestOnly(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), "-- conf/druid/coordinator/runtime.properties --\ndruid.port=1\n-- conf/druid/broker/runtime.properties --\ndruid.port=2\n-- conf/druid/historical/runtime.properties --\ndruid.port=3\n", "druid-28"), false)
	listeners, found := len(m.Listeners), len(m.Flows)
	only := m.Only([]string{ports.Query})
	require.NotEmpty(t, only.Listeners)
	for _, l := range only.Listeners {
		require.Equal(t, ports.Query, l.Role)
	}
	to, from := false, false
	for _, f := range only.Flows {
		require.Contains(t, []string{f.From, f.To}, ports.Query)
		to, from = to || f.From != ports.Query, from || f.To != ports.Query
	}
	require.True(t, to && from, "what calls it, and what it calls")
	require.Len(t, m.Listeners, listeners, "the map itself stays whole")
	require.Len(t, m.Flows, found)
}

// TestFlagsThatOpenNoPort have none, or one that is not a port.
func TestFlagsThatOpenNoPort(t *testing.T) {
	for flags, want := range map[string][]string{
		"-Dcom.sun.management.jmxremote.port=65535":                                                         {"broker (JMX) 65535"},
		"-Dcom.sun.management.jmxremote.port=65536":                                                         nil,
		"-Dcom.sun.management.jmxremote.port=0":                                                             nil,
		"-Dcom.sun.management.jmxremote.rmi.port=9011":                                                      nil,
		"-Dcom.sun.management.jmxremote.port=9010\n-Dcom.sun.management.jmxremote.rmi.port=9010":            {"broker (JMX) 9010"},
		"-agentlib:jdwp=transport=dt_socket,address=5005":                                                   nil,
		"-agentlib:jdwp=transport=dt_socket,server=y":                                                       nil,
		"-agentlib:hprof=server=y,address=5005":                                                             nil,
		"-Xrunjdwp:transport=dt_socket,server=y,address=[::1]:5006":                                         {"broker (debugger) 5006"},
		"-Xrunjdwp:transport=dt_socket,server=y,address=5006\n-agentlib:jdwp=server=y,address=1.2.3.4:5007": {"broker (debugger) 5006", "broker (debugger) 5007"},
	} {
		m := ports.Of(open(t, t.TempDir(), "-- conf/druid/broker/jvm.config --\n"+flags+"\n-- conf/druid/broker/runtime.properties --\ndruid.enablePlaintextPort=false\n", "druid-28"), false)
		var got []string
		for _, l := range m.Listeners {
			if l.Process == "broker" {
				got = append(got, l.Name+" "+l.Range())
				// A port that the JVM chooses is one more (jmxremote.rmi.port of the JDK's management guide).
				require.Equal(t, strings.Contains(l.Name, "JMX") && !strings.Contains(flags, "rmi"), strings.Contains(l.Why, "random port"), flags)
			}
		}
		require.Equal(t, want, got, flags)
	}
}

// TestPeonPorts counts both ends of a range, and no port twice.
func TestPeonPorts(t *testing.T) {
	for text, want := range map[string]int64{
		"druid.indexer.runner.startPort=9000\ndruid.indexer.runner.endPort=9000":                                1,
		"druid.indexer.runner.startPort=9000\ndruid.indexer.runner.endPort=9009":                                10,
		"druid.indexer.runner.startPort=65535":                                                                  1, // ForkingTaskRunnerConfig.java: endPort is 65535
		"druid.indexer.runner.ports=[9000, 9002]":                                                               2,
		"druid.indexer.runner.ports=[]\ndruid.indexer.runner.startPort=9000\ndruid.indexer.runner.endPort=9002": 3,
		"druid.indexer.runner.ports=9000":                                                                       0,
	} {
		r, ok := ports.PeonPorts(open(t, t.TempDir(), middleManager+text+"\n", "druid-28").Services[0])
		require.Equal(t, want > 0, ok, text)
		if ok {
			require.Equal(t, want, r.Count(), text)
		}
	}
}

// TestPrometheus has the port that PrometheusEmitter.java opens, with the
// strategy exporter only, which is its default.
func TestPrometheus(t *testing.T) {
	const port = "druid.emitter.prometheus.port=9464\n"
	for text, opens := range map[string]bool{
		port + "druid.emitter=prometheus\n":                                                             true,
		port + "druid.emitter=prometheus\ndruid.emitter.prometheus.strategy=exporter\n":                 true,
		port + "druid.emitter=prometheus\ndruid.emitter.prometheus.strategy=pushgateway\n":              false,
		port + "druid.emitter=composing\ndruid.emitter.composing.emitters=[\"http\", \"prometheus\"]\n": true,
		port + "druid.emitter=composing\ndruid.emitter.composing.emitters=[\"http\"]\n":                 false,
		port + "druid.emitter=logging\n":                                                                false,
		"druid.emitter=prometheus\n":                                                                    false,
	} {
		m := ports.Of(open(t, t.TempDir(), "-- conf/druid/broker/runtime.properties --\n"+text, "druid-28"), false)
		var want []string
		if opens {
			want = []string{"broker (Prometheus) 9464: "}
		}
		require.Equal(t, append([]string{"broker 8082: clients"}, want...), shortened(lines(m, "broker")), text)
	}
}

// shortened leaves out the roles that call because the tree lacks processes.
func shortened(list []string) []string {
	for i := range list {
		list[i] = strings.Replace(list[i], ": master clients", ": clients", 1)
	}
	return list
}

// TestWhyOfTasks: what the ports of tasks come from.
func TestWhyOfTasks(t *testing.T) {
	for text, want := range map[string][2]string{
		"druid.worker.capacity=2\ndruid.indexer.runner.endPort=8150":      {"for 2 tasks at a time", "druid.indexer.runner.startPort"},
		"druid.indexer.runner.startPort=9000":                             {"follows the cores, which are not known here: 100 ports", "druid.indexer.runner.startPort"},
		"druid.worker.capacity=2\ndruid.indexer.runner.ports=[9000,9001]": {"for 2 tasks at a time", "druid.indexer.runner.ports"},
	} {
		for _, l := range ports.Of(open(t, t.TempDir(), middleManager+text+"\n", "druid-28"), false).Listeners {
			if l.Process == ports.Peon {
				require.Contains(t, l.Why, want[0])
				require.Equal(t, want[1], l.Origin.Property)
			}
		}
	}
}
