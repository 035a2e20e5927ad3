package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

func superviseRules() []*Rule {
	return []*Rule{svDuplicate, svConfDir, svServiceDir, svZooKeeper, svStopOrder, svRoles}
}

// eachCommand calls do for every command of the tree's supervise files.
func (p *Pass) eachCommand(do func(f *conf.File, c syntax.Command)) {
	for _, f := range p.Files(conf.SuperviseConfig) {
		for _, c := range f.Supervise.Commands {
			do(f, c)
		}
	}
}

var svDuplicate = &Rule{
	ID: "sv-duplicate-name", Severity: finding.Error, Area: Supervise,
	Title:  "Two commands of one name.",
	Why:    "supervise tells its commands apart by name, and names their logs after it.",
	Effect: "supervise stops before it starts anything: Duplicate command: ...",
	Fix:    "Give one of them another name.",
	Source: "bin/supervise of Imply 2.7.8 (read_config_file); examples/bin/supervise, 0.14.2",
	Check: func(p *Pass) {
		seen := map[*conf.File][]string{}
		p.eachCommand(func(f *conf.File, c syntax.Command) {
			if slices.Contains(seen[f], c.Name) {
				p.Report(At(f, c.NameSpan), "the name %s is used twice", c.Name)
			}
			seen[f] = append(seen[f], c.Name)
		})
	},
}

var svConfDir = &Rule{
	ID: "sv-conf-dir", Severity: finding.Warning, Area: Supervise,
	Title:  "A production file starts a process with the quickstart's configuration.",
	Why:    "The last argument of run-druid is the folder that the process reads; conf-quickstart is made for a laptop.",
	Effect: "The process runs with little memory, and with Derby and local storage: it joins another cluster than its neighbours, or none.",
	Fix:    "Write conf.",
	Source: "bin/run-druid and conf/supervise of Imply 2.7.8",
	Check: func(p *Pass) {
		p.eachCommand(func(f *conf.File, c syntax.Command) {
			if c.ConfDir == nil || isQuickstartName(f.Rel()) || !isQuickstartName(c.ConfDir.Text) {
				return
			}
			found := p.Report(At(f, c.ConfDir.Span), "%s reads %s", c.Name, c.ConfDir.Text)
			found.Suggestion = path.Base(path.Dir(path.Dir(f.Path)))
		})
	},
}

func isQuickstartName(name string) bool { return strings.Contains(strings.ToLower(name), "quickstart") }

var svServiceDir = &Rule{
	ID: "sv-service-dir", Severity: finding.Error, Area: Supervise,
	Title:  "supervise starts a process that has no folder.",
	Why:    "bin/run-druid reads jvm.config and main.config from the folder of the service, spelt exactly so.",
	Effect: "cat: ...: No such file or directory, and java prints its usage; supervise tries again and again.",
	Fix:    "Correct the name, or create the folder.",
	Source: "bin/run-druid of Imply 2.7.8; examples/bin/run-druid, 0.14.2",
	Check: func(p *Pass) {
		p.eachCommand(func(f *conf.File, c syntax.Command) {
			if c.Tool != "run-druid" || c.Service == "" || p.Tree.Elsewhere(c) || p.Tree.Service(c.Service) != nil || len(p.Tree.Services) == 0 {
				return
			}
			found := p.Report(At(f, c.Span), "there is no folder for %s", c.Service)
			for _, s := range p.Tree.Services {
				if strings.EqualFold(s.Name, c.Service) {
					found.Message += ", but one for " + s.Name
					found.Help = "Write " + s.Name + "."
				}
			}
		})
	},
}

var svZooKeeper = &Rule{
	ID: "sv-zk-placement", Severity: finding.Error, Area: Supervise,
	Title:  "ZooKeeper is started nowhere, or on every Master by itself.",
	Why:    "Processes look for ZooKeeper where druid.zk.service.host says, and the servers of an ensemble know each other by the lines of zoo.cfg.",
	Effect: "The Masters form clusters of their own.",
	Fix:    "Start run-zk with the Masters and list all of them as server.N in zoo.cfg; or run ZooKeeper elsewhere, and name it in druid.zk.service.host.",
	Source: "conf/supervise/master-with-zk.conf and master-no-zk.conf of Imply 2.7.8; Imply's deployment guide",
	Check: func(p *Pass) {
		v := p.Tree.Get(conf.ZooKeeperKey)
		hosts := p.Tree.ZooKeepers()
		started, druid := false, false
		p.eachCommand(func(f *conf.File, c syntax.Command) {
			druid = druid || c.Tool == "run-druid" && !p.Tree.Elsewhere(c)
			if c.Tool != "run-zk" || p.Tree.Elsewhere(c) {
				return
			}
			started = true
			if p.Topology.Masters < 2 || p.hasServers() || len(p.Files(conf.ZooConfig)) == 0 {
				return
			}
			found := p.Report(At(f, c.Span), "%d Masters each start a ZooKeeper that knows no other", p.Topology.Masters)
			if len(conf.Remote(hosts)) > 0 {
				found.Severity = finding.Info
				found.Message += fmt.Sprintf(", where a file without it would do: Druid looks for ZooKeeper on %s", conf.JoinAddresses(hosts))
				found.Effect = "None, if the Masters are started with another file and ZooKeeper runs elsewhere; else they form clusters of their own."
			}
		})
		onlyLocal := len(hosts) > 0 && len(conf.Remote(hosts)) == 0
		if druid && !started && v.Set && v.Known() && onlyLocal && p.Tree.UsesZooKeeper() {
			f := p.Report(Val(v), "ZooKeeper is looked for on %s, and no supervise file starts it", hosts[0].Host)
			f.Severity = finding.Warning // something else may
			f.Effect = "Unless something else starts it there, processes wait for a connection forever."
			f.Help = "Start run-zk with the Masters, or name the servers that run elsewhere in druid.zk.service.host."
		}
	},
}

var svStopOrder = &Rule{
	ID: "sv-stop-order", Severity: finding.Info, Area: Supervise,
	Title:  "ZooKeeper is stopped before the processes that need it.",
	Why:    "supervise stops the highest order first, and 50 is the order of a command without !pN.",
	Effect: "Processes cannot say good-bye: their nodes in ZooKeeper stay until the session ends, and stopping takes long.",
	Fix:    "Write !p10 zk ..., with a blank behind the number.",
	Source: "bin/supervise of Imply 2.7.8 (run with a pattern of its own)",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.SuperviseConfig) {
			lowest := 1 << 30
			for _, c := range f.Supervise.Commands {
				if c.Tool == "run-druid" {
					lowest = min(lowest, c.Order)
				}
				if strings.HasPrefix(c.Name, "!p") {
					p.Report(At(f, c.NameSpan), "%q is taken for a name: a blank is missing behind the number", c.Name)
				}
			}
			for _, c := range f.Supervise.Commands {
				if c.Tool == "run-zk" && lowest < 1<<30 && c.Order >= lowest {
					p.Report(At(f, c.Span), "ZooKeeper is stopped with order %d, and a Druid process with %d", c.Order, lowest)
				}
			}
		}
	},
}

var svRoles = &Rule{
	ID: "sv-role-incomplete", Severity: finding.Warning, Area: Supervise,
	Title:  "A process that no supervise file starts.",
	Why:    "A cluster needs a Coordinator, an Overlord, a Broker and a Historical, and a MiddleManager to run tasks.",
	Effect: "Without a Coordinator nothing is loaded, without an Overlord nothing is ingested, without a Broker no query is answered.",
	Fix:    "Add the command to the supervise file of its server.",
	Source: "conf/supervise/{master-with-zk,query,data}.conf of Imply 2.7.8",
	Check: func(p *Pass) {
		started := map[string]bool{}
		var first *conf.File
		p.eachCommand(func(f *conf.File, c syntax.Command) {
			if service, ok := druidService(c); ok && !p.Tree.Elsewhere(c) {
				started[service] = true
				if first == nil {
					first = f
				}
			}
		})
		groups := 0
		for _, role := range []string{"coordinator", "broker", "historical"} {
			if started[role] || p.playedBy(role, started) {
				groups++
			}
		}
		if groups < 2 {
			return // the file of one server, kept by itself
		}
		var missing []string
		for _, role := range []string{"coordinator", "overlord", "broker", "historical", "middleManager"} {
			if !started[role] && !p.playedBy(role, started) {
				missing = append(missing, role)
			}
		}
		if len(missing) == 0 {
			return
		}
		f := p.Report(In(first), "no supervise file starts: %s", strings.Join(missing, ", "))
		if !slices.ContainsFunc(missing, func(role string) bool { return !p.takenOut(role) }) {
			f.Severity = finding.Info // by somebody who starts it elsewhere
			f.Message += ", which somebody has commented out"
		}
	},
}

// druidService is the process of Druid's that a command starts: with run-druid,
// with java itself, or with a script of one's own under the process's name.
func druidService(c syntax.Command) (string, bool) {
	if c.Tool == "run-druid" {
		return c.Service, c.Service != ""
	}
	for i, w := range c.Words {
		if strings.HasSuffix(w.Text, "druid.cli.Main") && i+2 < len(c.Words) && c.Words[i+1].Text == "server" {
			return c.Words[i+2].Text, true
		}
	}
	return c.Name, slices.Contains(conf.ServiceNames(), c.Name)
}

// takenOut reports whether a supervise file starts a process in a comment.
func (p *Pass) takenOut(role string) bool {
	return slices.ContainsFunc(p.Files(conf.SuperviseConfig), func(f *conf.File) bool {
		for line := range strings.Lines(string(f.Data)) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") && strings.Contains(line, "run-druid "+role) {
				return true
			}
		}
		return false
	})
}

// playedBy reports whether a process that is started does the work of a role.
func (p *Pass) playedBy(role string, started map[string]bool) bool {
	if started["coordinator-overlord"] && (role == "coordinator" || role == "overlord") || role == "middleManager" && started["indexer"] {
		return true
	}
	for _, s := range p.Tree.Services {
		if started[s.Name] && s.Plays(role) {
			return true
		}
		if role == "middleManager" && s.Plays("overlord") && started[s.Name] {
			v := s.Get(runnerKey)
			if v.Is("local") || v.Absent() && byDefaultLocal(p.Release()) {
				return true // the Overlord runs tasks itself
			}
		}
	}
	return false
}
