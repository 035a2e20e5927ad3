package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Rules about names that one process gives itself and others use, in maps, lists
// and chains, and about settings that must be on in several processes or in none.
func nameRules() []*Rule {
	return []*Rule{xTierBrokers, xTierNames, xAuthorizerName, secNoEscalator, xNullHandling, xLogPlace, dsACL, xCentralSchemaSides, xGroupByDisk, obsPushgateway, obsPrometheusTasks, svSeveral}
}

var xTierBrokers = &Rule{
	ID: "x-tier-broker-names", Severity: finding.Warning, Area: Consistency,
	Title:    "The Router's map of tiers names a Broker that no process is called.",
	Why:      "The Router knows Brokers by their druid.service, letter by letter: druid:broker is not druid/broker. Others than those of this tree may exist.",
	Effect:   "Queries for the tier go to the default Broker, or fail: No default server found!",
	Fix:      "Write the druid.service of a Broker.",
	Source:   "server/src/main/java/org/apache/druid/server/router/TieredBrokerHostSelector.java:129 and :260, 28",
	DefersTo: []string{"x-router-broker-name"},
	Check: func(p *Pass) {
		brokers := p.Services("broker")
		var names []string
		for _, s := range brokers {
			name := s.Get("druid.service")
			if !name.Known() {
				return
			}
			names = append(names, name.Text)
		}
		for _, s := range p.Services("router") {
			v := s.Get("druid.router.tierToBrokerMap")
			object := v.JSON()
			if len(names) == 0 || !v.Set || object == nil || object.Kind != syntax.Object {
				continue
			}
			for _, m := range object.Members {
				if m.Value.Kind != syntax.String || syntax.HasPlaceholder(m.Value.Text) || slices.Contains(names, m.Value.Text) {
					continue
				}
				f := p.Report(valueAt(v, m.Value.Span.Start.Offset, m.Value.Span.End.Offset), "tier %s goes to %q, and the Broker is called %q", m.Key, m.Value.Text, strings.Join(names, ", "))
				relate(f, p.Where(brokers[0], brokers[0].Get("druid.service")), "the Broker's name")
			}
		}
	},
}

var xTierNames = &Rule{
	ID: "x-tier-names", Severity: finding.Warning, Area: Consistency,
	Title:  "A Broker watches a tier that no Historical is in.",
	Why:    "druid.broker.segment.watchedTiers and ignoredTiers name the druid.server.tier of Historicals, letter by letter. Others than those of this tree may exist.",
	Effect: "The Broker sees no segments of the Historicals: queries answer nothing for the data that is there.",
	Fix:    "Write the druid.server.tier of the Historicals; _default_tier is that of those without one.",
	Source: "server/src/main/java/org/apache/druid/client/BrokerServerView.java:150 (watchedTiers), 0.14.2 and 28",
	Check: func(p *Pass) {
		historicals := p.Services("historical")
		var tiers []string
		for _, s := range historicals {
			tier := s.Get("druid.server.tier")
			if !tier.Known() {
				return
			}
			tiers = append(tiers, tier.Text)
		}
		if len(tiers) == 0 {
			return
		}
		for _, s := range p.Services("broker") {
			for _, key := range []string{"druid.broker.segment.watchedTiers", "druid.broker.segment.ignoredTiers"} {
				v := s.Get(key)
				list, ok := v.Strings()
				known, _ := schema.Lookup(key)
				if !v.Set || !ok || known == nil || !known.Releases.Has(p.Release()) || syntax.HasPlaceholder(v.Text) {
					continue
				}
				unknown := slices.DeleteFunc(list, func(name string) bool { return slices.Contains(tiers, name) })
				if len(unknown) == 0 {
					continue
				}
				f := p.Report(Val(v).Of(s), "no Historical here is in tier %s: they are in %s", text.List(unknown), text.List(slices.Compact(tiers)))
				if strings.HasSuffix(key, "ignoredTiers") {
					f.Severity = finding.Info
					f.Effect = "None, if there are such Historicals elsewhere; else nothing is ignored."
				}
				relate(f, p.Where(historicals[0], historicals[0].Get("druid.server.tier")), "the tier of the Historical")
			}
		}
	},
}

const authorizersKey = "druid.auth.authorizers"

var xAuthorizerName = &Rule{
	ID: "sec-authorizer-name", Severity: finding.Error, Area: Security,
	Title:    "Users are handed to an authorizer that does not exist.",
	Why:      "Each authenticator, and the escalator, names the authorizer that decides what its users may do; it must be one of druid.auth.authorizers.",
	Effect:   "Every request of those users fails: No authorizer found with name: [...].",
	Fix:      "Write a name of druid.auth.authorizers, or add the authorizer there.",
	Source:   "server/src/main/java/org/apache/druid/server/security/AuthorizationUtils.java:111, 0.15.1, and :113, 28; AuthorizerMapperModule.java, 0.12.3, 0.16.1 and 38 (the list is not set)",
	DefersTo: []string{"ext-storage-not-loaded", "sec-auth-incomplete", "prop-required-missing"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if !strings.HasSuffix(s.Key, ".authorizerName") || !s.Known() || s.Text == "" || p.idle(s) ||
				!strings.HasPrefix(s.Key, "druid.auth.authenticator.") && s.Key != "druid.escalator.authorizerName" {
				continue
			}
			list := p.Tree.Get(authorizersKey)
			if len(s.Services) > 0 {
				list = s.Services[0].Get(authorizersKey)
			}
			names, ok := list.Strings()
			if !list.Set {
				if list.Absent() && len(p.Tree.Services) > 0 && s.Text != "allowAll" {
					p.reportNoAuthorizers(s)
				}
				continue
			}
			if !ok || slices.Contains(names, s.Text) || syntax.HasPlaceholder(list.Text) {
				continue
			}
			f := p.Report(Val(s.Value), "no authorizer is called %q: there is %s", s.Text, text.List(names))
			relate(f, Val(list), "the authorizers")
		}
		p.allowAllUnknown()
	},
}

// reportNoAuthorizers says that nobody is asked: without the list Druid has one
// authorizer, which answers to every name and allows everything.
func (p *Pass) reportNoAuthorizers(s Setting) {
	f := p.Report(Val(s.Value), "%s is %s, and %s is not set", s.Key, s.Text, authorizersKey)
	f.Severity = finding.Warning
	f.Effect = "Every user who can log in may do everything: read and delete all data, submit tasks."
	f.Help = "Set " + authorizersKey + `=["` + s.Text + `"] and druid.auth.authorizer.` + s.Text + ".type."
}

// allowAllUnknown looks for processes that let everybody in as a user of allowAll,
// and do not have that authorizer.
func (p *Pass) allowAllUnknown() {
	for _, svc := range p.Tree.Services {
		list := svc.Get(authorizersKey)
		names, ok := list.Strings()
		if _, open := p.open(svc); !open || !list.Set || !ok || len(names) == 0 || syntax.HasPlaceholder(list.Text) || slices.Contains(names, "allowAll") {
			continue
		}
		f := p.Report(Val(list).Of(svc), "the %s asks for no login, and hands its users to the authorizer allowAll, which is not configured here", svc.Name)
		f.Help = "Set druid.auth.authenticatorChain, or delete druid.auth.authorizers."
		return
	}
}

var secNoEscalator = &Rule{
	ID: "sec-no-escalator", Severity: finding.Error, Area: Security,
	Title:    "Users must log in, and Druid's own processes cannot.",
	Why:      "Processes call each other too, and druid.escalator.* is the account that they use for it; without it their calls are not authenticated.",
	Effect:   "401 Unauthorized between processes: queries fail, no segments are loaded, no tasks run.",
	Fix:      "Set druid.escalator.type and its account in _common: with druid-basic-security internalClientUsername, internalClientPassword and authorizerName.",
	Source:   "server/src/main/java/org/apache/druid/server/security/NoopEscalator.java and EscalatorModule.java, 0.12.3 to 38; docs/operations/auth.md",
	DefersTo: []string{"sec-auth-property-name-trap", "ext-storage-not-loaded", "sec-auth-incomplete"},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			names, ok := s.Strings()
			if s.Key != authChainKey || !s.Known() || !ok || len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return p.letsProcessesIn(s, name) }) {
				continue
			}
			if lacking := p.withoutEscalator(s); lacking != "" && p.othersAsk(s) {
				f := p.Report(Val(s.Value), "users must log in, and druid.escalator.type is not set: %s", lacking)
				if len(s.Services) == 0 {
					f.Severity = finding.Warning // the files of the processes may set it
				}
				return
			}
		}
	},
}

// letsProcessesIn reports whether an authenticator may let in who has no account:
// it is not one of those that are known to ask for one.
func (p *Pass) letsProcessesIn(s Setting, name string) bool {
	kind := p.Tree.Get("druid.auth.authenticator." + name + ".type")
	if len(s.Services) > 0 {
		kind = s.Services[0].Get("druid.auth.authenticator." + name + ".type")
	}
	return !kind.Is("basic") && !kind.Is("kerberos") && !kind.Is("pac4j")
}

// othersAsk reports whether some process asks those that see a setting for a login:
// one of several that see it, or one that does not.
func (p *Pass) othersAsk(s Setting) bool {
	return len(s.Services) != 1 || len(p.Tree.Services) == 1 || slices.ContainsFunc(p.Tree.Services, func(svc *conf.Service) bool {
		_, open := p.open(svc)
		return svc != s.Services[0] && !open
	})
}

// withoutEscalator says which process has no account of its own, empty if all have.
func (p *Pass) withoutEscalator(s Setting) string {
	if len(s.Services) == 0 {
		if len(p.Tree.Services) == 0 && p.Tree.Get("druid.escalator.type").Absent() {
			return "processes cannot log in"
		}
		return ""
	}
	for _, svc := range s.Services {
		if v := svc.Get("druid.escalator.type"); v.Absent() || v.Is("noop") {
			return "the " + svc.Name + " cannot log in to the others"
		}
	}
	return ""
}

var dsACL = &Rule{
	ID: "ds-s3-acl-sides", Severity: finding.Warning, Area: DeepStorage, Releases: schema.Range{From: 13},
	Title:  "Access lists are switched off for segments and not for task logs, or the reverse.",
	Why:    "A bucket that owns all its objects takes no access lists; druid.storage.disableAcl and druid.indexer.logs.disableAcl are two switches.",
	Effect: "The side that still sends one fails: AccessControlListNotSupported, or Access Denied.",
	Fix:    "Set both to true.",
	Source: "extensions-core/s3-extensions, S3Utils.java:327 and S3TaskLogsConfig.java:40, 28",
	Check: func(p *Pass) {
		for _, s := range p.loggers() {
			segments, logs := s.Get("druid.storage.disableAcl"), s.Get("druid.indexer.logs.disableAcl")
			if !s.Get(storageTypeKey).Is("s3") || !s.Get(logsTypeKey).Is("s3") || !segments.Known() || !logs.Known() {
				continue
			}
			switch off, logsOff := strings.EqualFold(segments.Text, "true"), strings.EqualFold(logs.Text, "true"); {
			case off && !logsOff:
				p.Report(Val(segments), "segments are written without an access list, and task logs with one: druid.indexer.logs.disableAcl is not true")
			case logsOff && !off:
				p.Report(Val(logs), "task logs are written without an access list, and segments with one: druid.storage.disableAcl is not true")
			}
		}
	},
}

var xGroupByDisk = &Rule{
	ID: "x-groupby-disk-sides", Severity: finding.Info, Area: Consistency,
	Title:  "Grouped queries may use disk on the Broker, and not on the Historicals.",
	Why:    "Each process takes druid.query.groupBy.maxOnDiskStorage from its own files; most of a grouped query is merged by the Historicals and by tasks, and the Broker groups again only for subqueries.",
	Effect: "A query that outgrows the merge buffer of a Historical fails there: Not enough merge buffer memory, or Not enough aggregation buffer space to execute this query.",
	Fix:    "Set druid.query.groupBy.maxOnDiskStorage in _common, or for the Historicals too.",
	Source: "processing/src/main/java/org/apache/druid/query/groupby/GroupByQueryConfig.java, 0.12.3 to 38; apache/druid#13677",
	Check: func(p *Pass) {
		const key = "druid.query.groupBy.maxOnDiskStorage"
		historicals := p.Services("historical")
		for _, broker := range p.Services("broker") {
			v := broker.Get(key)
			size, ok := v.Int64()
			if !v.Set || !ok || size <= 0 || len(historicals) == 0 {
				continue
			}
			i := slices.IndexFunc(historicals, func(h *conf.Service) bool {
				n, ok := h.Get(key).Int64()
				return p.complete(h) && (h.Get(key).Absent() || ok && n == 0)
			})
			if i >= 0 {
				f := p.Report(Val(v).Of(broker), "grouped queries may use disk on the Broker, and the %s has none for them", historicals[i].Name)
				relate(f, p.Where(historicals[i], historicals[i].Get(key)), "the %s", historicals[i].Name)
				return
			}
		}
	},
}

var xCentralSchemaSides = &Rule{
	ID: "x-central-schema-sides", Severity: finding.Warning, Area: Consistency, Releases: schema.Range{From: 30},
	Title:  "The centralized schema is on in some processes only.",
	Why:    "Tasks and MiddleManagers publish schemas, the Overlord stores them, and the Coordinator answers from them.",
	Effect: "Schemas are missing: the Coordinator still queries the segments for them, or tasks publish schemas that no process stores.",
	Fix:    "Set druid.centralizedDatasourceSchema.enabled in _common.",
	Source: "docs/configuration/index.md:447 (set it in the common runtime properties), 30",
	Check: func(p *Pass) {
		const key = "druid.centralizedDatasourceSchema.enabled"
		var on, off []*conf.Service
		for _, s := range p.Services("coordinator", "overlord", "middleManager", "indexer") {
			switch v := s.Get(key); {
			case s.Runtime == nil || !v.Known():
				return
			case strings.EqualFold(v.Text, "true"):
				on = append(on, s)
			default:
				off = append(off, s)
			}
		}
		if len(on) == 0 || len(off) == 0 {
			return
		}
		f := p.Report(Val(on[0].Get(key)).Of(on[0]), "the centralized schema is on in the %s, and off in the %s", on[0].Name, off[0].Name)
		relate(f, p.Where(off[0], off[0].Get(key)), "off here")
	},
}

var obsPushgateway = &Rule{
	ID: "obs-pushgateway-at-exit", Severity: finding.Warning, Area: Monitoring, Releases: schema.Range{Until: 24},
	Title:    "Metrics that are pushed only when a process ends.",
	Why:      "Up to 24 the strategy pushgateway sends metrics when the emitter is closed: it is made for tasks, which end.",
	Effect:   "Services, which do not end, never show up in Prometheus.",
	Fix:      "Set druid.emitter.prometheus.strategy=exporter for services, and pushgateway for tasks with druid.indexer.fork.property.",
	Source:   "extensions-contrib/prometheus-emitter, PrometheusEmitter.java (flush in close only), 0.21 to 24; apache/druid#13025, #13034 (25)",
	DefersTo: []string{"prop-unknown"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if s.Key == "druid.emitter.prometheus.strategy" && s.Is("pushgateway") {
				p.Report(Val(s.Value), "services push their metrics only when they end")
			}
		}
	},
}

var svSeveral = &Rule{
	ID: "sv-several-on-one-machine", Severity: finding.Warning, Area: Supervise,
	Title:  "One machine, and several supervise files to start on it.",
	Why:    "Each supervise locks its folder of logs and controls, var/sv unless -d names another.",
	Effect: "The second one stops: Cannot lock svdir, maybe another 'supervise' is running.",
	Fix:    "Put all commands into one file, or start the others with -d and a folder of their own.",
	Source: "examples/bin/supervise:229 (svdir, flock), 0.12.3 to 38; apache/druid#3240",
	Check: func(p *Pass) {
		if !p.Deployment.Single() {
			return
		}
		var files []*conf.File
		started := map[string]bool{}
		several := false // files of one process each are for containers
		for _, server := range p.servers() {
			several = several || len(server.Services) > 1
			fresh := false
			for _, s := range server.Services {
				fresh = fresh || !started[s.Name]
				started[s.Name] = true
			}
			if server.File != nil && fresh && len(server.Services) < len(p.Tree.Services) {
				files = append(files, server.File)
			} else if server.File != nil && fresh {
				return // it starts everything
			}
		}
		if len(files) < 2 || !several {
			return
		}
		f := p.Report(In(files[1]), "%s and %s are both for this machine, and share var/sv", files[0].Base(), files[1].Base())
		relate(f, In(files[0]), "the first one")
	},
}

// compatibility are the switches that decide what a query means.
var compatibility = []string{"druid.generic.useDefaultValueForNull", "druid.generic.useThreeValueLogicForNativeFilters", "druid.expressions.useStrictBooleans"}

var xNullHandling = &Rule{
	ID: "x-null-handling-differs", Severity: finding.Warning, Area: Consistency,
	Title:    "Processes that understand nulls and booleans differently.",
	Why:      "Each process that takes part in a query or ingests data decides by its own setting whether a missing value is null or 0, and what is true.",
	Effect:   "The same query gives other results depending on who answers; data is written one way and read another.",
	Fix:      "Set the property once, in _common.",
	Source:   "processing/src/main/java/org/apache/druid/common/config/NullValueHandlingConfig.java and ExpressionProcessingConfig.java, 0.15.1 to 31; docs/configuration/index.md (must be the same on all services)",
	DefersTo: []string{"prop-removed-hard-fail", "prop-removed-ignored"},
	Check: func(p *Pass) {
		for _, key := range compatibility {
			known, ok := schema.Lookup(key)
			if !ok || !known.Releases.Has(p.Release()) {
				continue
			}
			var first *conf.Service
			for _, s := range p.Services("broker", "historical", "middleManager", "indexer") {
				v := s.Get(key)
				switch {
				case !v.Known() || s.Runtime == nil:
				case first == nil:
					first = s
				case !strings.EqualFold(v.Text, first.Get(key).Text):
					f := p.Report(p.Where(s, v), "%s is %s in the %s, and %s in the %s", key, v.Text, s.Name, first.Get(key).Text, first.Name)
					f.Property = key
					relate(f, p.Where(first, first.Get(key)), "the %s", first.Name)
				}
			}
		}
	},
}

// logPlaces are the settings that say where the logs are, for each kind of store.
var logPlaces = lazy.Value[map[string][]string]{New: func() map[string][]string {
	const logs = "druid.indexer.logs."
	return map[string][]string{
		"file": {logs + "directory"}, "hdfs": {logs + "directory"}, "s3": {logs + "s3Bucket", logs + "s3Prefix"},
		"azure": {logs + "container", logs + "prefix"}, "google": {logs + "bucket", logs + "prefix"},
	}
}}

var xLogPlace = &Rule{
	ID: "x-task-logs-elsewhere", Severity: finding.Warning, Area: TaskLogs,
	Title:    "Task logs are written to one place and looked for in another.",
	Why:      "MiddleManagers copy a task's log to the place that their settings name, and the Overlord reads it from the one that its own name.",
	Effect:   "The console shows no log or report of a task that has ended (404).",
	Fix:      "Set druid.indexer.logs.* once, in _common.",
	Source:   "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java (pushTaskLog) and TaskRunnerTaskLogStreamer.java; S3TaskLogs.java, 0.14.2 and 38",
	DefersTo: []string{"logs-type-differs-from-storage", "logs-local-in-cluster", "logs-s3-required-fields", "prop-required-missing"},
	Check: func(p *Pass) {
		overlords := p.Services("overlord")
		if len(overlords) == 0 || !p.complete(overlords[0]) {
			return
		}
		kind := overlords[0].Get(logsTypeKey)
		for _, s := range p.Services("middleManager", "indexer") {
			keys := []string{logsTypeKey}
			if kind.Known() && s.Get(logsTypeKey).Is(kind.Text) {
				keys = logPlaces.Get()[kind.Text]
			}
			for _, key := range keys {
				own, read := s.Get(key), overlords[0].Get(key)
				if !own.Known() || !read.Known() || own.Text == read.Text || !p.complete(s) {
					continue
				}
				f := p.Report(p.Where(s, own), "the %s writes task logs with %s=%s, and the Overlord reads them with %s", s.Name, key, own.Text, textOr(read, "none"))
				f.Property = key
				relate(f, p.Where(overlords[0], read), "the Overlord's")
			}
		}
	},
}
