package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// Rules about what several processes must agree on.
func agreementRules() []*Rule {
	return []*Rule{xZKNamespace, xServiceNames, xRouterBroker, routerNoProxy, xServerView, xCentralSchema, xNoOverlord}
}

var xZKNamespace = &Rule{
	ID: "x-zk-namespace-differs", Severity: finding.Error, Area: Consistency,
	Title:  "Processes of one cluster use different paths in ZooKeeper.",
	Why:    "What one process announces the others look for under the same path; Druid creates whatever path it is given.",
	Effect: "The cluster falls apart into two that do not see each other, without an error.",
	Fix:    "Set druid.zk.paths.* once, in _common.",
	Source: "server/src/main/java/org/apache/druid/server/initialization/ZkPathsConfig.java (ZKPaths.makePath), 0.14.2; apache/druid#1087",
	Check: func(p *Pass) {
		keys := map[string]bool{}
		for _, s := range p.druidSettings() {
			if strings.HasPrefix(s.Key, "druid.zk.paths.") {
				keys[s.Key] = true
			}
		}
		for key := range keys {
			p.sameEverywhere(key, zkPath, func(s *conf.Service, v, first conf.Value) {
				f := p.Report(p.Where(s, v), "the %s uses %s, and others use %s", s.Name, textOr(v, "the default"), textOr(first, "the default"))
				f.Property = key
				if first.Set {
					relate(f, Val(first), "the others")
				}
			})
		}
	},
}

// zkPath is a path as Curator makes it: with a slash before it, and none behind it. Defaults
// are below the base.
func zkPath(s *conf.Service, text string) string {
	const base = "druid.zk.paths.base"
	return path.Clean("/" + strings.Replace(text, "${"+base+"}", s.Get(base).Text, 1))
}

// textOr is a value, or a word for none.
func textOr(v conf.Value, none string) string {
	if v.Text == "" {
		return none
	}
	return v.Text
}

// sameEverywhere calls differ for each process whose value of a key is known
// and differs from that of the first one.
func (p *Pass) sameEverywhere(key string, normal func(s *conf.Service, text string) string, differ func(s *conf.Service, v, first conf.Value)) {
	var first conf.Value
	for i, s := range p.Tree.Services {
		v := s.Get(key)
		if v.Set && !v.Known() {
			return
		}
		if i == 0 {
			first = v
			continue
		}
		if normal(s, v.Text) != normal(p.Tree.Services[0], first.Text) {
			differ(s, v, first)
		}
	}
}

var xServiceNames = &Rule{
	ID: "x-service-names", Severity: finding.Warning, Area: Consistency, Releases: schema.Range{Until: 34},
	Title:  "Processes look for a Coordinator or Overlord under a name that it does not have.",
	Why:    "druid.selectors.*.serviceName is looked for first, and a process announces itself as its druid.service.",
	Effect: "ERROR No server instance found for [...] in every log; Druid then finds the process by its role. Tranquility does not, and with a ZooKeeper shared by two clusters the wrong one may answer.",
	Fix:    "Give both the same name, or delete both lines; / and : are the same here.",
	Source: "server/src/main/java/org/apache/druid/discovery/DruidLeaderClient.java:305 (pickOneHost), 0.14.2; apache/druid#10731",
	Check: func(p *Pass) {
		for _, role := range []string{"coordinator", "overlord"} {
			selector, _ := schema.Lookup(selectors.Get()[role])
			for _, s := range p.Services(role) {
				if !selector.Releases.Has(p.Release()) {
					continue // nobody looks for the name
				}
				if own := announced(s, role); own.Known() && own.Text != "" {
					p.compareSelectors(s, role, own)
				}
			}
		}
	},
}

// selectors are the names under which processes look for the Masters.
var selectors = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"coordinator": "druid.selectors.coordinator.serviceName",
		"overlord":    "druid.selectors.indexing.serviceName",
	}
}}

// announced is the name under which a process announces itself in a role.
func announced(s *conf.Service, role string) conf.Value {
	if s.Process() == "coordinator" && role == "overlord" {
		return s.Get("druid.coordinator.asOverlord.overlordService")
	}
	return s.Get("druid.service")
}

// compareSelectors compares the name of a process with those under which the
// others look for it, each in its own files.
func (p *Pass) compareSelectors(s *conf.Service, role string, own conf.Value) {
	said := map[Place]bool{}
	for _, wanted := range p.lookedFor(s, selectors.Get()[role]) {
		if !wanted.Known() || !wanted.Set && !own.Set || canonical(wanted.Text) == canonical(own.Text) {
			continue
		}
		at, other, note := Val(own), wanted, "what others look for"
		if wanted.Set && (!own.Set || !wanted.Stock()) { // what an image brings nobody has written
			at, other, note = Val(wanted), own, "its name"
		}
		if said[at] {
			continue
		}
		said[at] = true
		f := p.Report(at, "the %s announces itself as %s, and others look for %s", role, own.Text, wanted.Text)
		if other.Set {
			relate(f, Val(other), "%s", note)
		}
	}
}

// complete reports whether the tree has all properties of a process: its own file
// and a shared one, or a file of its own that says where ZooKeeper is.
func (p *Pass) complete(s *conf.Service) bool {
	return s.Runtime != nil && (p.Tree.Common != nil || len(s.Settings(conf.ZooKeeperKey)) > 0)
}

// lookedFor are the values of a selector in all processes but one, where they are
// known.
func (p *Pass) lookedFor(except *conf.Service, selector string) []conf.Value {
	var list []conf.Value
	if v := p.Tree.Get(selector); v.Set {
		list = append(list, v)
	}
	for _, s := range p.Tree.Services {
		if v := s.Get(selector); s != except && (v.Set || p.complete(s)) {
			list = append(list, v)
		}
	}
	return list
}

var xRouterBroker = &Rule{
	ID: "x-router-broker-name", Severity: finding.Warning, Area: Consistency,
	Title:  "The Router sends queries to a Broker that no process is called.",
	Why:    "The Router knows Brokers by their druid.service, letter by letter. Others than those of this tree may exist.",
	Effect: "Queries through the Router fail: No default server found!",
	Fix:    "Write the Broker's druid.service into druid.router.defaultBrokerServiceName and druid.router.tierToBrokerMap.",
	Source: "server/src/main/java/org/apache/druid/server/router/TieredBrokerHostSelector.java:137 and TieredBrokerConfig.java, 0.12.3 and 0.14.2",
	Check: func(p *Pass) {
		var names []string
		for _, s := range p.Services("broker") {
			name := s.Get("druid.service")
			if !name.Known() {
				return
			}
			names = append(names, name.Text)
		}
		for _, s := range p.Services("router") {
			v := s.Get("druid.router.defaultBrokerServiceName")
			if len(names) == 0 || !v.Known() || slices.Contains(names, v.Text) {
				continue
			}
			f := p.Report(p.Where(s, v), "queries go to %q, and the Broker is called %q", v.Text, strings.Join(names, ", "))
			relate(f, p.Where(p.Services("broker")[0], p.Services("broker")[0].Get("druid.service")), "the Broker's name")
		}
	},
}

const proxyKey = "druid.router.managementProxy.enabled"

var routerNoProxy = &Rule{
	ID: "sv-router-no-management-proxy", Severity: finding.Info, Area: Consistency, Releases: schema.Range{From: 18},
	Title:    "A Router whose console cannot reach the Coordinator and the Overlord.",
	Why:      "The console asks both through the Router, which passes requests on only with druid.router.managementProxy.enabled=true; the default is false.",
	Effect:   "The console runs restricted: without supervisors, tasks, lookups and loading of data.",
	Fix:      "Set druid.router.managementProxy.enabled=true, unless the console is not used.",
	Source:   "server/src/main/java/org/apache/druid/server/AsyncManagementForwardingServlet.java and ManagementProxyConfig.java, 0.14.2 and 38; apache/druid#12688",
	DefersTo: []string{"live-console-blind"},
	Check: func(p *Pass) {
		for _, s := range p.Services("router") {
			v := s.Get(proxyKey)
			if len(p.Services("coordinator")) > 0 && p.complete(s) && (v.Absent() || v.Is("false")) {
				f := p.Report(p.Where(s, v), "the console of the Router has no access to the Coordinator and the Overlord")
				f.Property = proxyKey
			}
		}
	},
}

var xServerView = &Rule{
	ID: "x-serverview-announcer", Severity: finding.Error, Area: Consistency, Releases: schema.Range{Until: 37},
	Title:  "Segments are not announced in ZooKeeper, where Broker or Coordinator look for them.",
	Why:    "With druid.announcer.skipSegmentAnnouncementOnZk data processes tell their segments over HTTP only; druid.serverview.type=batch reads ZooKeeper.",
	Effect: "No segment is seen: queries return nothing, and the Coordinator loads everything again.",
	Fix:    "Set druid.serverview.type=http, or delete druid.announcer.skipSegmentAnnouncementOnZk.",
	Source: "server/src/main/java/org/apache/druid/client/ServerInventoryViewProvider.java:30 and BatchDataSegmentAnnouncerConfig.java, 0.14.2; docs/release-info/upgrade-notes.md (25.0.0: http)",
	Check: func(p *Pass) {
		var skipped conf.Value
		for _, s := range p.Services("historical", "middleManager", "indexer") {
			if v := s.Get("druid.announcer.skipSegmentAnnouncementOnZk"); v.Set && strings.EqualFold(v.Text, "true") {
				skipped = v
			}
		}
		if !skipped.Set {
			return
		}
		for _, s := range p.Services("broker", "coordinator") {
			v := s.Get("druid.serverview.type")
			batch := v.Is("batch") || v.Is("legacy") || v.Absent() && p.Release() < 25
			if !batch || v.Set && !v.Known() {
				continue
			}
			f := p.Report(p.Where(s, either(v, skipped)), "Broker or Coordinator look for segments in ZooKeeper, and data processes do not announce them there")
			f.Service = ""
			if v.Set {
				relate(f, Val(skipped), "switched off here")
			}
		}
	},
}

var xCentralSchema = &Rule{
	ID: "x-central-schema-serverview", Severity: finding.Error, Area: Consistency, Releases: schema.Range{From: 30},
	Title:  "The centralized schema of data sources, with segments that are found through ZooKeeper.",
	Why:    "druid.centralizedDatasourceSchema.enabled works with druid.serverview.type=http only, which is the default.",
	Effect: "Coordinator and Overlord stop at start: CentralizedDatasourceSchema feature is incompatible with config druid.serverview.type=batch.",
	Fix:    "Delete druid.serverview.type, or set druid.centralizedDatasourceSchema.enabled=false.",
	Source: "services/src/main/java/org/apache/druid/cli/ServerRunnable.java:189 (validateCentralizedDatasourceSchemaConfig), 38; apache/druid#15475",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator", "overlord", "broker", "middleManager", "indexer") {
			on, view := s.Get("druid.centralizedDatasourceSchema.enabled"), s.Get("druid.serverview.type")
			if on.Is("true") && view.Set && view.Known() && view.Text != "http" {
				f := p.Report(Val(view), "druid.serverview.type is %s, and the centralized schema is on", view.Text)
				relate(f, Val(on), "switched on here")
			}
		}
	},
}

var xNoOverlord = &Rule{
	ID: "x-no-overlord", Severity: finding.Warning, Area: Consistency,
	Title:  "A cluster without an Overlord.",
	Why:    "The Overlord hands out tasks. It is a process of its own, or a Coordinator with druid.coordinator.asOverlord.enabled=true.",
	Effect: "Nothing is ingested or compacted: tasks cannot be submitted, and MiddleManagers wait forever.",
	Fix:    "Add an Overlord, or set druid.coordinator.asOverlord.enabled=true and overlordService=druid/overlord for the Coordinator.",
	Source: "services/src/main/java/org/apache/druid/cli/CliCoordinator.java (isOverlord), 0.14.2 and 38",
	Check: func(p *Pass) {
		coordinator, worker := p.withoutOverlord()
		if coordinator == nil {
			return
		}
		f := p.Report(p.Where(coordinator, coordinator.Get(asOverlordKey)), "the tree has a %s and no Overlord", worker.Name)
		f.Service = ""
		relate(f, p.Where(worker, conf.Value{}), "the %s", worker.Name)
		for _, s := range p.druidSettings() {
			if overlordsOwn(s) && s.File == coordinator.Runtime {
				relate(f, Key(s.Value), "it is for an Overlord")
			}
		}
	},
}

const asOverlordKey = "druid.coordinator.asOverlord.enabled"

// withoutOverlord is the Coordinator of a whole cluster that has no Overlord, and a
// process that waits for one.
func (p *Pass) withoutOverlord() (coordinator, worker *conf.Service) {
	coordinators, workers := p.Services("coordinator"), p.Services("middleManager", "indexer")
	if len(coordinators) == 0 || len(workers) == 0 || len(p.Services("broker")) == 0 || len(p.Services("historical")) == 0 ||
		len(p.Services("overlord")) > 0 || len(p.Files(conf.SuperviseConfig)) > 0 {
		return nil, nil // a part of a cluster, or sv-role-incomplete says it
	}
	for _, s := range p.druidSettings() {
		if s.Key == "druid.service" && path.Base(s.Text) == "overlord" {
			return nil, nil // in a folder by whose name it is not known
		}
	}
	enabled := coordinators[0].Get(asOverlordKey)
	if enabled.Set && !enabled.Known() || coordinators[0].Runtime == nil {
		return nil, nil
	}
	return coordinators[0], workers[0]
}

// overlordsOwn reports whether nobody but the Overlord reads a setting.
func overlordsOwn(s Setting) bool {
	return s.Property != nil && slices.Equal(s.Property.Services, []string{"overlord"})
}
