package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/finding"
)

// liveRules look at the state of a running cluster, and answer what the Doctor of
// Druid's own console asks. What a process was told is for the rules about files.
func liveRules() []*Rule {
	return []*Rule{
		liveNoAnswer, liveUndiscovered, liveNotReady, liveNoLeader, liveRoleMissing, liveVersions, liveZooKeepers, liveFull, liveSmallSegments,
		liveAlone, liveConsole,
	}
}

const doctor = "web-console/src/dialogs/doctor-dialog/doctor-checks.tsx, 33"

var liveNoAnswer = &Rule{
	ID: "live-no-answer", Severity: finding.Warning, Area: Live,
	Title:  "A process that is announced and does not say what it was told.",
	Why:    "What a process was told is asked of itself, at the address under which the others reach it.",
	Effect: "Its configuration was not checked. If the others cannot reach it either, what they ask of it fails.",
	Fix:    "Run implycheck where the processes reach each other, with a login that may read STATE and CONFIG; or look at the process and its log.",
	Source: doctor + "; an experiment with 33.0.0",
	Check: func(p *Pass) {
		p.reportFacts(form.NoAnswer, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the %s %s was not checked: %s", f.Service, f.Name, f.Detail)
		})
	},
}

var liveUndiscovered = &Rule{
	ID: "live-undiscovered", Severity: finding.Warning, Area: Live,
	Title:  "A process that does not find itself among those that are announced.",
	Why:    "Processes find each other in ZooKeeper or in Kubernetes, and look for themselves there, too.",
	Effect: "The others do not know the process: it gets no queries, no segments and no tasks.",
	Fix:    "Look in its log for what keeps it from announcing itself: druid.zk.service.host and druid.zk.paths.base, or the role of its pod in Kubernetes.",
	Source: "server/src/main/java/org/apache/druid/server/http/SelfDiscoveryResource.java, 38",
	Check: func(p *Pass) {
		p.reportFacts(form.Undiscovered, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the %s %s does not find itself among the announced processes", f.Service, f.Name)
		})
	},
}

var liveNotReady = &Rule{
	ID: "live-broker-not-ready", Severity: finding.Warning, Area: Live,
	Title:  "A Broker that does not yet know what the cluster serves.",
	Why:    "A Broker first learns from all data processes which segments they serve.",
	Effect: "Queries give answers from a part of the data, or wait.",
	Fix:    "Wait; if it stays so, look in its log for the data process that does not answer.",
	Source: "server/src/main/java/org/apache/druid/server/http/BrokerResource.java, 38",
	Check: func(p *Pass) {
		p.reportFacts(form.NotReady, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the broker %s does not know the segments yet", f.Name)
		})
	},
}

var liveNoLeader = &Rule{
	ID: "live-no-leader", Severity: finding.Warning, Area: Live,
	Title:  "A cluster without a leading Coordinator or Overlord.",
	Why:    "Of several one leads, which they agree on through ZooKeeper or Kubernetes.",
	Effect: "Without a leading Coordinator no segment is loaded, moved or dropped; without a leading Overlord no task starts.",
	Fix:    "Start one, and look in its log for what keeps it from becoming the leader: often the metadata store.",
	Source: doctor + "; server/src/main/java/org/apache/druid/server/http/CoordinatorResource.java, 38",
	Check: func(p *Pass) {
		p.reportFacts(form.NoLeader, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "no %s leads", f.Name)
		})
	},
}

var liveRoleMissing = &Rule{
	ID: "live-role-missing", Severity: finding.Warning, Area: Live,
	Title:  "A cluster in which no Historical or no Broker runs.",
	Why:    "Historicals hold the segments, and Brokers answer queries.",
	Effect: "Without a Historical nothing that was published can be queried; without a Broker no query is answered, and no SQL.",
	Fix:    "Start it, and look whether it is announced: druid.zk.service.host and druid.zk.paths.base.",
	Source: doctor,
	Check: func(p *Pass) {
		p.reportFacts(form.NoneOf, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "no %s is announced", f.Name)
		})
	},
}

var liveVersions = &Rule{
	ID: "live-versions-differ", Severity: finding.Warning, Area: Live,
	Title:  "Processes of one cluster that run different versions.",
	Why:    "A cluster is upgraded one process after another, and works for as long as that takes.",
	Effect: "Features of the newer version do not work, or only sometimes, and a later upgrade starts from two versions.",
	Fix:    "Finish the upgrade.",
	Source: doctor + "; docs/operations/rolling-updates.md",
	Check: func(p *Pass) {
		p.reportFacts(form.OtherVersion, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the %s %s runs %s", f.Service, f.Name, f.Detail)
		})
	},
}

var liveZooKeepers = &Rule{
	ID: "live-zookeepers-differ", Severity: finding.Warning, Area: Live,
	Title:  "Processes that run with different ZooKeepers.",
	Why:    "All processes of a cluster meet in one ZooKeeper; the order in which they name its servers does not matter.",
	Effect: "With another list of servers a process loses the cluster when some of them fail, or is in another cluster.",
	Fix:    "Give all processes the same druid.zk.service.host.",
	Source: doctor + " (RUNTIME_PROPERTIES_ALL_NODES_MUST_AGREE_ON)",
	Check: func(p *Pass) {
		if !p.Tree.Running() {
			return
		}
		p.sameEverywhere("druid.zk.service.host", zooKeepers, func(s *conf.Service, v, first conf.Value) {
			f := p.Report(p.Where(s, v), "the %s runs with %s, and others with %s", s.Name, textOr(v, "the default"), textOr(first, "the default"))
			if first.Set {
				relate(f, Val(first), "the others")
			}
		})
	},
}

// zooKeepers are the servers of a connect string, in an order of their own.
func zooKeepers(_ *conf.Service, text string) string {
	list := conf.Addresses(text, zooKeeperPort)
	slices.SortFunc(list, func(a, b conf.Address) int { return strings.Compare(a.String(), b.String()) })
	return conf.JoinAddresses(list)
}

const zooKeeperPort = 2181

// nearlyFull and tooFull are how much of what a Historical may hold its segments take,
// in percent.
const (
	nearlyFull = 90
	tooFull    = 95
)

var liveFull = &Rule{
	ID: "live-historical-full", Severity: finding.Warning, Area: Live,
	Title:  "A Historical that is nearly full.",
	Why:    "A Historical holds segments up to druid.server.maxSize, and the Coordinator needs some room to move them.",
	Effect: "Segments that fit nowhere are not loaded, and what they hold is missing in answers.",
	Fix:    "Add a Historical or disks, or drop older data with a rule.",
	Source: doctor,
	Check: func(p *Pass) {
		p.reportFacts(form.Full, func(f conf.Fact, at Place) *finding.Finding {
			percent, _ := strconv.ParseFloat(f.Detail, 64)
			if percent <= nearlyFull {
				return nil
			}
			found := p.Report(at, "the historical %s is %s %% full", f.Name, f.Detail)
			if percent <= tooFull {
				found.Severity = finding.Info
			}
			return found
		})
	},
}

var liveSmallSegments = &Rule{
	ID: "live-small-segments", Severity: finding.Info, Area: Live,
	Title:  "A datasource with many small segments that nothing compacts.",
	Why:    "A query opens each segment, and the Coordinator looks after each: 300 to 700 MB are a good size.",
	Effect: "Queries take longer, and Historicals, Brokers and the Coordinator need more memory.",
	Fix:    "Turn on automatic compaction for the datasource.",
	Source: doctor + ": time chunks that began more than a day ago, of several segments of less than 100 MB on average",
	Check: func(p *Pass) {
		p.reportFacts(form.Uncompacted, func(f conf.Fact, at Place) *finding.Finding {
			chunks := " time chunks have"
			if f.Detail == "1" {
				chunks = " time chunk has"
			}
			return p.Report(at, "%s%s several small segments in the datasource %s, and nothing compacts it", f.Detail, chunks, f.Name)
		})
	},
}

var liveAlone = &Rule{
	ID: "live-alone", Severity: finding.Warning, Area: Live,
	Title:  "Only one process of a running cluster was looked at.",
	Why:    "Coordinators know all processes, and a Router passes on what is asked of them, if druid.router.managementProxy.enabled is true.",
	Effect: "Nothing was said of the other processes.",
	Fix:    "Name a Coordinator, or a Router with druid.router.managementProxy.enabled=true.",
	Source: "services/src/main/java/org/apache/druid/server/AsyncManagementForwardingServlet.java, 38; an experiment with 33.0.0",
	Check: func(p *Pass) {
		p.reportFacts(form.Alone, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "only the process at %s was looked at: it does not say which others there are", f.Name)
		})
	},
}

var liveConsole = &Rule{
	ID: "live-console-blind", Severity: finding.Info, Area: Live,
	Title:  "A Router that passes nothing on to the Coordinator and the Overlord.",
	Why:    "The console runs in the Router, and reaches the Coordinator and the Overlord through its management proxy, which is off by default.",
	Effect: "The console shows neither datasources nor tasks.",
	Fix:    "Set druid.router.managementProxy.enabled=true on the Router.",
	Source: doctor,
	Check: func(p *Pass) {
		if !p.Tree.Running() {
			return
		}
		for _, s := range p.Services("router") {
			v := s.Get("druid.router.managementProxy.enabled")
			if v.Known() && !v.Is("true") {
				p.Report(p.Where(s, v), "the router has no management proxy, so that its console sees neither Coordinator nor Overlord")
			}
		}
	},
}
