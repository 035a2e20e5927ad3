package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func syntaxFileRules() []*Rule {
	return []*Rule{
		commonShadowed, runtimeMissing, mainMissing, mainPackage, mainService,
		yamlInvalid, zooSyntax, superviseSyntax, log4jInvalid, xmlInvalid,
	}
}

var commonShadowed = &Rule{
	ID: "common-file-shadowed", Severity: finding.Error, Area: Syntax,
	Title:  "A process has a common.runtime.properties of its own, which hides the shared one.",
	Why:    "Java takes the first file of that name on the class path, and the process's folder comes before _common.",
	Effect: "Nothing of the shared file reaches this process: not ZooKeeper, not the extensions, not deep storage.",
	Fix:    "Move the lines to runtime.properties and delete the file.",
	Source: "core/src/main/java/org/apache/druid/guice/PropertiesModule.java:62, 0.14.2; class path in bin/run-druid of Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			if s.Common == nil || p.Tree.Common == nil {
				continue
			}
			f := p.Report(In(s.Common).Of(s), "the %s reads this file instead of %s", s.Name, p.Tree.Common.Path)
			relate(f, In(p.Tree.Common), "hidden from the %s", s.Name)
		}
	},
}

var runtimeMissing = &Rule{
	ID: "runtime-file-missing-or-in-common", Severity: finding.Warning, Area: Syntax,
	Title:  "A process without a runtime.properties, or one in _common.",
	Why:    "Without it a process runs on defaults alone; one in _common is read only by processes that have none.",
	Effect: "Druid starts with the defaults. It does not say so.",
	Fix:    "Give each process a runtime.properties in its own folder.",
	Source: "core/src/main/java/org/apache/druid/guice/PropertiesModule.java:57, 0.14.2",
	Check: func(p *Pass) {
		none := !slices.ContainsFunc(p.Tree.Services, func(s *conf.Service) bool { return s.Runtime != nil })
		for _, s := range p.Tree.Services {
			if s.Runtime != nil || s.JVM == nil && s.Main == nil {
				continue
			}
			at := In(cmpFile(s.JVM, s.Main))
			if none && len(p.Tree.Services) > 1 { // laid over an image that has them
				p.Report(at, "no process has a runtime.properties here").Severity = finding.Info
				break
			}
			p.Report(at.Of(s), "the %s has no runtime.properties next to its %s", s.Name, at.File.Base())
		}
		for _, f := range p.Files(conf.RuntimeProperties) {
			if path.Base(path.Dir(f.Path)) != "_common" {
				continue
			}
			found := p.Report(In(f), "runtime.properties in _common is read only by processes that have none of their own")
			if !slices.ContainsFunc(p.Tree.Services, func(s *conf.Service) bool { return s.Runtime == nil }) {
				found.Severity = finding.Info
			}
		}
	},
}

func cmpFile(files ...*conf.File) *conf.File {
	for _, f := range files {
		if f != nil {
			return f
		}
	}
	return nil
}

// runDruid are the services that the tree's supervise files start with
// bin/run-druid.
func (p *Pass) runDruid() map[string]*conf.File {
	started := map[string]*conf.File{}
	for _, f := range p.Files(conf.SuperviseConfig) {
		for _, c := range f.Supervise.Commands {
			if c.Tool == "run-druid" && c.Service != "" {
				started[c.Service] = f
			}
		}
	}
	return started
}

var mainMissing = &Rule{
	ID: "main-config-missing", Severity: finding.Error, Area: Syntax, Releases: schema.Range{Until: 16},
	Title:  "A process that bin/run-druid starts has no main.config.",
	Why:    "The launcher takes Java's main class and arguments from that file.",
	Effect: "cat: main.config: No such file or directory, java prints its usage, and supervise tries again and again.",
	Fix:    "Create main.config with org.apache.druid.cli.Main server <service> (io.druid.cli.Main up to 0.12).",
	Source: "bin/run-druid of Imply 2.7.8; examples/bin/run-druid, 0.14.2",
	Check: func(p *Pass) {
		started := p.runDruid()
		for _, s := range p.Tree.Services {
			if s.Main != nil || s.JVM == nil || started[s.Name] == nil {
				continue
			}
			f := p.Report(In(s.JVM).Of(s), "the %s has no main.config, and bin/run-druid needs one", s.Name)
			f.Help = "Create " + path.Dir(s.JVM.Path) + "/main.config with: " + mainClass(p.Release()) + " server " + s.Process()
			relate(f, In(started[s.Name]), "started here")
		}
	},
}

// mainClass is Druid's main class in a release.
func mainClass(r schema.Release) string {
	if r < 13 {
		return "io.druid.cli.Main"
	}
	return "org.apache.druid.cli.Main"
}

var mainPackage = &Rule{
	ID: "main-config-package", Severity: finding.Error, Area: Syntax,
	Title:  "main.config names a main class that this release does not have.",
	Why:    "Druid moved from io.druid to org.apache.druid with 0.13.",
	Effect: "Error: Could not find or load main class, and the process does not start.",
	Fix:    "Write the main class of the release.",
	Source: "apache/druid commit 431d3d8497 (#6266), 0.13; conf/druid/*/main.config of Imply 2.7.8",
	Check: func(p *Pass) {
		right := mainClass(p.Release())
		for _, f := range p.Files(conf.MainConfig) {
			for _, w := range f.Args.Words {
				if !strings.HasSuffix(w.Text, "druid.cli.Main") || w.Text == right {
					continue
				}
				found := p.Report(At(f, w.Span), "Druid %s has no class %s", p.Release(), w.Text)
				found.Suggestion = right
				found.Help = "Write " + right + "."
				found.Fix = edit(true, At(f, w.Span), right)
			}
		}
	},
}

var mainService = &Rule{
	ID: "main-config-service-mismatch", Severity: finding.Error, Area: Syntax,
	Title:    "main.config starts another process than its folder is named after.",
	Why:      "The wrong process runs with this folder's settings, or none if Druid does not know the name.",
	Effect:   "Another role comes up on this server, or the command line tool prints its help and exits.",
	Fix:      "Write the folder's own service, in Druid's spelling.",
	Source:   "services/src/main/java/org/apache/druid/cli/Cli*.java (@Command names), 0.14.2",
	DefersTo: []string{"jvm-crlf-line-ends"},
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			if s.Main == nil || s.Main.Problem != "" || len(s.Main.Args.Words) < 3 {
				continue
			}
			words := s.Main.Args.Words
			last := words[len(words)-1]
			if words[len(words)-2].Text != "server" || strings.TrimSuffix(last.Text, "\r") == s.Process() || syntax.HasPlaceholder(last.Text) {
				continue
			}
			f := p.Report(At(s.Main, last.Span).Of(s), "the folder is the %s's, and main.config starts %q", s.Name, last.Text)
			f.Suggestion = s.Process()
			f.Help = "Write " + s.Process() + "."
			f.Fix = edit(strings.EqualFold(last.Text, s.Process()), At(s.Main, last.Span), s.Process())
		}
	},
}

var yamlInvalid = &Rule{
	ID: "yaml-invalid", Severity: finding.Error, Area: Syntax,
	Title:  "A YAML or JSON file of Pivot or Tranquility that cannot be parsed.",
	Why:    "The process reads the file once, when it starts.",
	Effect: "Pivot or Tranquility exits at start with the parser's message, and supervise tries again and again.",
	Fix:    "Correct the file at the marked place.",
	Source: "Imply's pages on Pivot's config.yaml (3.1 and later); druid-io/tranquility docs/configuration.md",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.PivotConfig, conf.TranquilityYAML, conf.TranquilityJSON) {
			if f.Err != nil {
				p.Report(At(f, f.Err.Span), "%s is not valid: %s", f.Base(), f.Err.Msg)
			}
		}
	},
}

var zooSyntax = &Rule{
	ID: "zoo-cfg-syntax", Severity: finding.Error, Area: Syntax,
	Title:  "A zoo.cfg that ZooKeeper refuses.",
	Why:    "ZooKeeper checks its numbers and addresses before it listens.",
	Effect: "ConfigException or IllegalArgumentException from QuorumPeerConfig, such as dataDir is not set, and ZooKeeper exits.",
	Fix:    "Correct the line; a zoo.cfg needs dataDir, clientPort and tickTime.",
	Source: "org.apache.zookeeper.server.quorum.QuorumPeerConfig, 3.4",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.ZooConfig) {
			if f.Err != nil {
				p.Report(At(f, f.Err.Span), "%s", f.Err.Msg)
				continue
			}
			z := f.Zoo
			if z.DataDir.Entry == nil && z.ClientPort.Entry != nil {
				p.Report(In(f), "dataDir is missing")
			}
			for _, n := range []syntax.ZooInt{z.ClientPort, z.TickTime, z.InitLimit, z.SyncLimit} {
				if n.Err != "" && n.Entry != nil && !syntax.HasPlaceholder(n.Entry.Value) {
					p.Report(valueOf(f, n.Entry), "%s is %q: %s", n.Entry.Key, n.Entry.Value, n.Err)
				}
			}
			for _, server := range z.Servers {
				if server.Err != "" && server.Entry != nil && !syntax.HasPlaceholder(server.Entry.Value) {
					p.Report(valueOf(f, server.Entry), "%s: %s", server.Entry.Key, server.Err)
				}
			}
		}
	},
}

var superviseSyntax = &Rule{
	ID: "supervise-syntax", Severity: finding.Error, Area: Syntax,
	Title:  "A line that supervise does not understand.",
	Why:    "supervise reads the whole file before it starts anything, and stops at the first such line.",
	Effect: "Syntax error: <line>, and nothing of this server starts.",
	Fix:    "Write :verify COMMAND, :kill-timeout SECONDS, or NAME COMMAND with !pN in front if the order matters.",
	Source: "bin/supervise of Imply 2.7.8 (read_config_file, its regular expressions run)",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.SuperviseConfig) {
			for i := range f.Supervise.Errors {
				err := &f.Supervise.Errors[i]
				p.Report(At(f, err.Span), "%s", err.Msg)
			}
			for _, d := range f.Supervise.Notifies {
				if p.Tree.Target.Imply {
					p.Report(At(f, d.Span), "the supervise of Imply knows no :notify; Druid's own does, from 0.17 on")
				}
			}
		}
	},
}

var log4jInvalid = &Rule{
	ID: "log4j2-invalid", Severity: finding.Warning, Area: Syntax,
	Title:  "A log4j2.xml that log4j cannot use.",
	Why:    "What a process says when it fails to start is what you need most.",
	Effect: "log4j falls back to errors on the console only.",
	Fix:    "Correct the XML; it needs a Root logger with an AppenderRef.",
	Source: "docs/content/configuration/logging.md, 0.14.2; log4j's own message",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.Log4jXML) {
			switch {
			case f.Err != nil:
				p.Report(At(f, f.Err.Span), "log4j2.xml is not valid XML: %s", f.Err.Msg)
			case f.XML == nil || f.Template != nil:
			case f.XML.Name == "Configuration" && !hasElement(f.XML, "Root") && !hasElement(f.XML, "AsyncRoot"):
				p.Report(At(f, f.XML.Span), "log4j2.xml has no Root logger")
			}
		}
	},
}

// hasElement looks for an element of that name anywhere below e, in any case,
// as log4j does.
func hasElement(e *syntax.Element, name string) bool {
	return slices.ContainsFunc(e.Children, func(c *syntax.Element) bool {
		kind, _ := c.Attr("type")
		return strings.EqualFold(c.Name, name) || strings.EqualFold(kind, name) || hasElement(c, name)
	})
}

var xmlInvalid = &Rule{
	ID: "hadoop-xml-invalid", Severity: finding.Error, Area: Syntax,
	Title:  "A Hadoop *-site.xml that is not valid XML.",
	Why:    "Hadoop reads all of them at its first use and trusts none if one is broken.",
	Effect: "RuntimeException: org.xml.sax.SAXParseException from org.apache.hadoop.conf.Configuration when deep storage or a Hadoop task is first used.",
	Fix:    "Correct the XML at the marked place.",
	Source: "org.apache.hadoop.conf.Configuration.loadResource, 2.8.3",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.HadoopXML) {
			if f.Err != nil {
				p.Report(At(f, f.Err.Span), "%s is not valid XML: %s", f.Base(), f.Err.Msg)
			}
		}
	},
}
