package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func hadoopRules() []*Rule {
	return []*Rule{hadoopCoordinates, hadoopWorkingPath, hadoopFiles, hadoopS3Keys, hadoopRemoved}
}

const coordinatesKey = "druid.indexer.task.defaultHadoopCoordinates"

var hadoopCoordinates = &Rule{
	ID: "hadoop-coordinates", Severity: finding.Error, Area: Hadoop, Releases: schema.Range{Until: 36},
	Title:  "Hadoop client coordinates that Druid cannot find.",
	Why:    "Each is group:artifact:version, and a folder <artifact>/<version> below druid.extensions.hadoopDependenciesDir.",
	Effect: "Hadoop tasks fail at start: Bad artifact coordinates, or Hadoop dependency [...] didn't exist!?",
	Fix:    "Write org.apache.hadoop:hadoop-client:2.8.3, with the version of the folder.",
	Source: "server/src/main/java/org/apache/druid/initialization/Initialization.java:283 (getHadoopDependencyFilesToLoad) and TaskConfig.java:34, 0.14.2",
	Check: func(p *Pass) {
		p.eachCoordinate(func(s Setting, item *syntax.Node) {
			if parts := strings.Split(item.Text, ":"); len(parts) < 3 || slices.Contains(parts, "") {
				p.Report(itemAt(s, item), "%q is not group:artifact:version", item.Text)
			}
		})
	},
}

// eachCoordinate calls do for the Hadoop clients that the tree names.
func (p *Pass) eachCoordinate(do func(s Setting, item *syntax.Node)) {
	for _, s := range p.Settings() {
		array := s.JSON()
		if innerKey(s.Key) != coordinatesKey || array == nil {
			continue
		}
		for _, item := range array.Items {
			if !syntax.HasPlaceholder(item.Text) {
				do(s, item)
			}
		}
	}
}

var hadoopWorkingPath = &Rule{
	ID: "hadoop-working-path", Severity: finding.Info, Area: Hadoop, Releases: schema.Range{Until: 36},
	Title:  "A relative working path on a Hadoop cluster.",
	Why:    "The path is one of the cluster's file system, not of this machine; a relative one is below the home folder of the user who runs the task.",
	Effect: "Hadoop jobs keep their files below /user/<name>; where that folder is not there, they fail: Permission denied.",
	Fix:    "Write /tmp/druid-indexing, which is the default.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/common/config/TaskConfig.java:80, 0.14.2; docs/content/tutorials/cluster.md (Hadoop), 0.14.2",
	Check: func(p *Pass) {
		hadoop := len(p.Files(conf.HadoopXML)) > 0 || len(p.stores("hdfs")) > 0
		for _, s := range p.Settings() {
			if innerKey(s.Key) == "druid.indexer.task.hadoopWorkingPath" && s.Known() && hadoop && s.Text != "" && !strings.Contains(s.Text, "/tmp") && s.Text[0] != '/' && !strings.Contains(s.Text, "://") {
				p.Report(Val(s.Value), "%s is relative, and Hadoop resolves it in its own file system", s.Text)
			}
		}
	},
}

var hadoopFiles = &Rule{
	ID: "hadoop-xml", Severity: finding.Warning, Area: Hadoop,
	Title:    "Hadoop's own files lack what Druid needs of them.",
	Why:      "Druid's Hadoop client takes the name of the cluster from core-site.xml and the way to run jobs from mapred-site.xml and yarn-site.xml, as they lie on its class path.",
	Effect:   "Without fs.defaultFS paths are local: segments and jobs stay on this machine. Jobs in another time zone than UTC shift the data.",
	Fix:      "Copy core-site.xml, hdfs-site.xml, yarn-site.xml and mapred-site.xml of the cluster into _common (or _common/hadoop-xml).",
	Source:   "docs/content/operations/other-hadoop.md and ingestion/hadoop.md, 0.14.2; core-default.xml of Hadoop 2.8 (fs.defaultFS is file:///)",
	DefersTo: []string{"hadoop-xml-invalid", "ds-hdfs-no-core-site"},
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.HadoopXML) {
			if f.XML == nil {
				continue
			}
			switch f.Base() {
			case "core-site.xml":
				p.checkCoreSite(f)
			case "mapred-site.xml":
				p.checkMapred(f)
			}
			p.sameCopies(f)
		}
	},
}

func (p *Pass) checkCoreSite(f *conf.File) {
	if _, _, ok := hadoopProperty(f, "fs.defaultFS"); ok {
		return
	}
	if _, old, ok := hadoopProperty(f, "fs.default.name"); ok {
		found := p.Report(At(f, old), "fs.default.name is called fs.defaultFS since Hadoop 2")
		found.Severity = finding.Info
		found.Effect = "Hadoop reads the old name too, and logs that it is deprecated."
		found.Help = "Write fs.defaultFS."
		return
	}
	p.Report(In(f), "fs.defaultFS is not set: paths without a scheme are local")
}

func (p *Pass) checkMapred(f *conf.File) {
	for _, name := range []string{"mapreduce.map.java.opts", "mapreduce.reduce.java.opts"} {
		value, span, ok := hadoopProperty(f, name)
		if ok && !strings.Contains(value, "user.timezone") && !syntax.HasPlaceholder(value) {
			found := p.Report(At(f, span), "%s does not set the time zone", name)
			found.Severity = finding.Info
			found.Help = "Add -Duser.timezone=UTC -Dfile.encoding=UTF-8."
		}
	}
	_, _, loader := hadoopProperty(f, "mapreduce.job.classloader")
	_, _, first := hadoopProperty(f, "mapreduce.job.user.classpath.first")
	if !loader && !first {
		found := p.Report(In(f), "neither mapreduce.job.classloader nor mapreduce.job.user.classpath.first is set")
		found.Severity = finding.Info
		found.Effect = "Where Hadoop's libraries clash with Druid's, jobs fail with NoSuchMethodError."
		found.Help = "Set mapreduce.job.classloader=true, here or in the jobProperties of each task."
	}
}

// sameCopies compares a file with the first one of its name.
func (p *Pass) sameCopies(f *conf.File) {
	for _, other := range p.Files(conf.HadoopXML) {
		if other == f {
			return
		}
		if other.Base() == f.Base() && string(other.Data) != string(f.Data) {
			found := p.Report(In(f), "two copies of %s differ", f.Base())
			found.Severity = finding.Info
			found.Effect = "Which one counts depends on the class path of each process."
			found.Help = "Keep one copy, in _common."
			relate(found, In(other), "the other copy")
			return
		}
	}
}

var hadoopRemoved = &Rule{
	ID: "hadoop-removed", Severity: finding.Error, Area: Hadoop, Releases: schema.Range{From: 28},
	Title:  "Hadoop ingestion in a release that has none, or not this one.",
	Why:    "28 dropped Hadoop 2, 35 asks for druid.indexer.task.allowHadoopTaskExecution=true, and 37 has no Hadoop ingestion.",
	Effect: "Hadoop tasks are refused or fail; nothing else is concerned.",
	Fix:    "Ingest with MSQ or index_parallel; up to 36, name Hadoop 3 clients and allow Hadoop tasks.",
	Source: "docs/release-info/upgrade-notes.md (28.0.0, 34.0.0, 37.0.0), 38",
	Check: func(p *Pass) {
		if p.Release() <= 36 {
			p.eachCoordinate(func(s Setting, item *syntax.Node) {
				parts := strings.Split(item.Text, ":")
				if len(parts) == 3 && strings.HasPrefix(parts[2], "2.") && strings.HasPrefix(parts[1], "hadoop-client") {
					p.Report(itemAt(s, item), "Druid %s works with Hadoop 3 only", p.Release())
				}
			})
			return
		}
		for _, s := range p.druidSettings() {
			if strings.Contains(strings.ToLower(s.Key), "hadoop") && !strings.Contains(s.Key, "security") && s.Property != nil && !s.Property.Releases.Has(p.Release()) {
				f := p.Report(Key(s.Value), "Druid %s has no Hadoop ingestion", p.Release())
				f.Severity = finding.Warning
				return
			}
		}
	},
}
