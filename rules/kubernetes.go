package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Rules about clusters whose processes find each other, or run tasks, through
// Kubernetes.
func kubernetesRules() []*Rule { return []*Rule{netHostEmpty, k8sHost, k8sLogs, k8sAndWorker, zkOff} }

const discoveryKey = "druid.discovery.type"

// inPods reports whether processes run in the pods of Kubernetes: they find each
// other there, or the tree names services of its. What stands beside a process in
// its pod is on localhost.
func (p *Pass) inPods() bool {
	for _, s := range p.settings {
		switch s.Key {
		case discoveryKey:
			if s.Is("k8s") {
				return true
			}
		case conf.ZooKeeperKey, metaURIKey, "druid.host":
			if strings.Contains(s.Text+"/", ".svc/") || strings.Contains(s.Text, ".svc:") || strings.Contains(s.Text, ".svc.") {
				return true
			}
		}
	}
	return false
}

var netHostEmpty = &Rule{
	ID: "net-host-empty", Severity: finding.Error, Area: Network,
	Title:  "A process that announces no host at all.",
	Why:    "An empty druid.host is a value: only without the line Druid takes the machine's own name.",
	Effect: "The process announces http://:8081: others cannot call it (Expected hostname at index 7).",
	Fix:    "Delete the line, or write the name that other machines call.",
	Source: "server/src/main/java/org/apache/druid/server/DruidNode.java (only null is replaced), 0.14.2 and 28; apache/druid#11992",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if s.Key == "druid.host" && s.Known() && strings.TrimSpace(s.Text) == "" && p.used(s) {
				p.Report(Key(s.Value), "druid.host is empty")
			}
		}
	},
}

// used reports whether a process takes its value of a key from here, or may.
func (p *Pass) used(s Setting) bool {
	if len(s.Services) == 0 {
		return len(p.Tree.Services) == 0
	}
	for _, svc := range s.Services {
		if v := svc.Get(s.Key); v.File == s.File && v.Span == s.Span {
			return true
		}
	}
	return false
}

var k8sHost = &Rule{
	ID: "net-host-in-kubernetes", Severity: finding.Warning, Area: Network, Releases: schema.Range{From: 31},
	Title:  "Processes in Kubernetes without an address that other pods resolve.",
	Why:    "From 31 on the image no longer sets druid.host to the pod's address in Kubernetes, and Druid announces the pod's name, which other pods resolve only behind a headless service.",
	Effect: "Processes find each other through Kubernetes and cannot call each other: UnknownHostException.",
	Fix:    "Set druid.host=${env:POD_IP}, with POD_IP from status.podIP; or DRUID_SET_HOST_IP=1 in the environment of the image.",
	Source: "distribution/docker/druid.sh, 31 and 33 (apache/druid#16386, #17697); apache/druid#17961",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			kind := s.Get(discoveryKey)
			if !kind.Is("k8s") || s.Get("druid.host").Set {
				continue
			}
			p.Report(Val(kind), "processes find each other through Kubernetes, and druid.host is not set")
			return
		}
	},
}

// tasksInPods reports whether an Overlord runs tasks as pods.
func tasksInPods(overlord *conf.Service) (conf.Value, bool) {
	runner := overlord.Get(runnerKey)
	return runner, runner.Known() && strings.HasPrefix(runner.Text, "k8s")
}

var k8sLogs = &Rule{
	ID: "logs-local-with-pods", Severity: finding.Warning, Area: TaskLogs, Releases: schema.Range{From: 25},
	Title:  "Tasks run in pods of their own, and leave their logs there.",
	Why:    "With druid.indexer.runner.type=k8s a task's status and reports travel through the task logs, and its pod is gone when it ends.",
	Effect: "Tasks end as failed, whatever they did: Peon did not report status successfully. Their logs are lost.",
	Fix:    "Keep task logs in shared storage: druid.indexer.logs.type=s3, azure, google or hdfs.",
	Source: "extensions-contrib/kubernetes-overlord-extensions, KubernetesPeonLifecycle.java (streamTaskStatus), 26 to 38; apache/druid#17848",
	Check: func(p *Pass) {
		for _, s := range p.Services("overlord") {
			runner, pods := tasksInPods(s)
			logs, dir := s.Get(logsTypeKey), s.Get("druid.indexer.logs.directory")
			if !pods || !logs.Known() || !logs.Is("file") && !logs.Is("noop") || p.onMount(dir) {
				continue
			}
			at := runner
			if logs.Set {
				at = logs
			}
			f := p.Report(Val(at).Of(s), "tasks run in pods, and their logs and status stay there: %s is %s", logsTypeKey, logs.Text)
			if at.Key != runner.Key {
				relate(f, Val(runner), "tasks run in pods")
			}
		}
	},
}

// withoutZooKeeper is the setting that switches ZooKeeper off for a process.
func withoutZooKeeper(s *conf.Service) (conf.Value, bool) {
	v := s.Get("druid.zk.service.enabled")
	return v, v.Known() && strings.EqualFold(v.Text, "false")
}

var k8sAndWorker = &Rule{
	ID: "k8s-and-worker-needs-zk", Severity: finding.Error, Area: HighAvail, Releases: schema.Range{From: 28, Until: 28},
	Title:  "Tasks in pods and on workers, without ZooKeeper, in a release that needs it for that.",
	Why:    "In 28 k8sAndWorker also makes the runner that talks to workers through ZooKeeper, whichever is asked for.",
	Effect: "The Overlord stops at start: Zookeeper is disabled, cannot create CuratorFramework.",
	Fix:    "Set druid.indexer.runner.type=k8s, or upgrade to 29.",
	Source: "KubernetesAndWorkerTaskRunnerFactory.java:41, 28; apache/druid#15431, fixed by #15445 in 29",
	Check: func(p *Pass) {
		for _, s := range p.Services("overlord") {
			off, ok := withoutZooKeeper(s)
			if runner := s.Get(runnerKey); ok && runner.Is("k8sAndWorker") {
				f := p.Report(Val(runner).Of(s), "k8sAndWorker needs ZooKeeper in Druid 28, and it is switched off")
				relate(f, Val(off), "switched off here")
			}
		}
	},
}

// needZooKeeper are the choices that talk through ZooKeeper, and the processes
// that make them.
var needZooKeeper = []struct {
	key, choice, instead string
	processes            []string
	releases             schema.Range
}{
	{discoveryKey, "curator", "k8s", []string{"coordinator", "overlord", "broker", "historical", "middleManager", "indexer", "router"}, schema.Range{}},
	{"druid.serverview.type", "batch", "http", []string{"coordinator", "broker"}, schema.Range{Until: 37}},
	{"druid.coordinator.loadqueuepeon.type", "curator", "http", []string{"coordinator"}, schema.Range{Until: 30}},
	{runnerKey, "remote", "httpRemote", []string{"overlord"}, schema.Range{Until: 37}},
}

var zkOff = &Rule{
	ID: "zk-off-and-needed", Severity: finding.Error, Area: ZooKeeper, Releases: schema.Range{From: 21},
	Title:    "ZooKeeper is switched off, and something that talks through it is not.",
	Why:      "Discovery, the view of segments, loading and the running of tasks are switched one by one, and each has a choice that needs ZooKeeper.",
	Effect:   "The process stops at start: Zookeeper is disabled, cannot create CuratorFramework.",
	Fix:      "Set druid.discovery.type=k8s, druid.serverview.type=http, druid.coordinator.loadqueuepeon.type=http and druid.indexer.runner.type=httpRemote.",
	Source:   "server/src/main/java/org/apache/druid/curator/CuratorModule.java:121, 28; docs/development/extensions-core/kubernetes.md, 0.21 to 38",
	DefersTo: []string{"k8s-and-worker-needs-zk", "prop-removed-hard-fail"},
	Check: func(p *Pass) {
		said := map[string]bool{}
		for _, s := range p.Tree.Services {
			off, ok := withoutZooKeeper(s)
			if !ok || s.Runtime == nil {
				continue
			}
			for _, need := range needZooKeeper {
				v := s.Get(need.key)
				if v.Is(need.choice) && need.releases.Has(p.Release()) && slices.ContainsFunc(need.processes, s.Plays) && !said[need.key+v.Text] {
					said[need.key+v.Text] = true
					p.reportNeedsZooKeeper(off, v, need.instead)
				}
			}
		}
	},
}

func (p *Pass) reportNeedsZooKeeper(off, v conf.Value, instead string) {
	at := off
	if v.Set {
		at = v
	}
	f := p.Report(Val(at), "ZooKeeper is switched off, and %s is %s", v.Key, v.Text)
	f.Help = "Set " + v.Key + "=" + instead + "."
	if v.Set {
		relate(f, Val(off), "switched off here")
	}
}
