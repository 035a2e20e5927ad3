package preflight

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func fileChecks() []*Check { return []*Check{liveExtensions, liveDriver, liveHadoop, liveLog4j} }

// extensionsDir is where the extensions are: what the tree says, else where Imply's
// and Druid's distributions have them.
func (p *Pass) extensionsDir() string {
	if v := p.Tree.Shared("druid.extensions.directory"); usable(v) {
		return p.path(v.Text)
	}
	return p.path("extensions")
}

// libDir is where Druid's own jars are: beside the extensions.
func (p *Pass) libDir() string { return filepath.Join(filepath.Dir(p.extensionsDir()), "lib") }

// jarsNeed asks for the jars of folders.
func (p *Pass) jarsNeed(at rules.Place, target string, classes []string, folders ...string) Need {
	q := facts.Question{Name: "jars of " + strings.Join(folders, ", ") + " with " + strings.Join(classes, ", "), Jars: &facts.Jars{Folders: folders, Classes: classes}}
	absolute := filepath.IsAbs(p.Tree.Shared("druid.extensions.directory").Text)
	return Need{Question: q, At: at, Target: target, Relative: !absolute}
}

var liveExtensions = &Check{
	Rule: rules.Rule{
		ID: "live-extensions", Severity: finding.Error,
		Title:  "An extension of the load list is not installed on this machine, or is of another release.",
		Why:    "Every extension is a folder of jars below druid.extensions.directory, and belongs to one release of Druid.",
		Effect: "Extension [...] specified in \"druid.extensions.loadList\" didn't exist!? and the process stops; of another release: NoSuchMethodError; from 33 on, with a jar that is cut off: ZipException.",
		Fix:    "Install the extension: bin/pull-deps or java -cp 'lib/*' org.apache.druid.cli.Main tools pull-deps; or take it out of the list.",
		Source: "processing/src/main/java/org/apache/druid/initialization/Initialization.java (getExtensionFilesToLoad), 0.15.1; 25.0.0 and 33.0.0, run: with an empty folder they start",
	},
	Needs: func(p *Pass) []Need {
		v := p.Tree.Shared("druid.extensions.loadList")
		list, ok := v.Strings()
		if !ok || !v.Set || len(p.Services) == 0 {
			return nil
		}
		at := p.at(nil, v)
		needs := []Need{p.jarsNeed(at, "lib", nil, p.libDir())}
		for _, name := range list {
			dir := filepath.Join(p.extensionsDir(), name)
			if filepath.IsAbs(name) {
				dir = name
			}
			needs = append(needs, p.jarsNeed(at, name, nil, dir))
		}
		return needs
	},
	Judge: func(p *Pass, asked []Asked) {
		release := druidVersion(asked[0].Jars)
		for _, a := range asked[1:] {
			p.judgeExtension(a, release)
		}
	},
}

// readsJars is a release that does not start with a jar that is cut off, as 33.0.0 does
// not; 25.0.0 starts without what is in it. Those between were not run.
const readsJars = 33

func (p *Pass) judgeExtension(a Asked, release string) {
	required := "a folder with jars"
	if release != "" {
		required += " of " + release
	}
	switch {
	case a.Problem != nil:
		p.Unknown(a, required, a.Problem.Text)
	case len(a.Jars.Missing) > 0:
		p.Fail(a, required, "not installed", "%s is not in %s", a.Target, filepath.Dir(a.Jars.Missing[0]))
	case len(a.Jars.Jars) == 0:
		p.Warn(a, required, "no jar", "%s has no jar: processes start without it", a.Target)
	case len(a.Jars.Broken) > 0:
		broken, say := strings.Join(a.Jars.Broken, ", "), p.Warn
		if p.Tree.Target.Release >= readsJars {
			say = p.Fail
		}
		say(a, required, broken, "a jar of %s cannot be read: %s", a.Target, broken)
	default:
		own := ownVersion(a.Jars, a.Target)
		if release != "" && own != "" && own != release {
			p.Fail(a, required, own, "%s is of Druid %s, and lib has %s", a.Target, own, release)
			return
		}
		current := jarCount(a.Jars)
		if own != "" {
			current = own + ", " + current
		}
		p.Pass(a, required, current)
	}
}

// jarCount writes 1 jar or 2 jars.
func jarCount(f *facts.Found) string {
	if len(f.Jars) == 1 {
		return "1 jar"
	}
	return fmt.Sprintf("%d jars", len(f.Jars))
}

// druidVersion is that of lib/druid-server-VERSION.jar; empty without one.
func druidVersion(f *facts.Found) string { return ownVersion(f, "druid-server") }

// ownVersion is the version of an extension's own jar, NAME-VERSION.jar.
func ownVersion(f *facts.Found, name string) string {
	if f == nil {
		return ""
	}
	for _, jar := range f.Jars {
		rest, ok := strings.CutPrefix(filepath.Base(jar), name+"-")
		if ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return strings.TrimSuffix(rest, ".jar")
		}
	}
	return ""
}

// drivers are the classes of a driver of MySQL that Druid can be told to use.
var drivers = []string{"com.mysql.jdbc.Driver", "com.mysql.cj.jdbc.Driver", "org.mariadb.jdbc.Driver"}

var liveDriver = &Check{
	Rule: rules.Rule{
		ID: "live-jdbc-driver", Severity: finding.Error,
		Title:  "The driver of MySQL, which Druid does not bring, is not where Druid looks.",
		Why:    "Its licence keeps it out of Druid's distribution; somebody has to put the jar into extensions/mysql-metadata-storage.",
		Effect: "java.lang.ClassNotFoundException: com.mysql.jdbc.Driver; Coordinator, Overlord and tasks do not start.",
		Fix:    "Put mysql-connector-java (class com.mysql.jdbc.Driver) into the folder of the extension, or MariaDB's and set druid.metadata.mysql.driver.driverClassName.",
		Source: "extensions-core/mysql-metadata-storage/src/main/java/org/apache/druid/metadata/storage/mysql/MySQLConnector.java and MySQLConnectorDriverConfig.java, 0.22",
	},
	Needs: func(p *Pass) []Need {
		kind := p.Tree.MetadataType()
		if !kind.Is("mysql") || len(p.plays("coordinator", "overlord", "middleManager", "indexer")) == 0 {
			return nil
		}
		at := p.at(nil, kind)
		n := p.jarsNeed(at, "driver of MySQL", drivers, filepath.Join(p.extensionsDir(), "mysql-metadata-storage"), p.libDir())
		if v := p.Tree.Shared("druid.metadata.mysql.driver.driverClassName"); usable(v) {
			n.Note, n.At = v.Text, p.at(nil, v)
		}
		return []Need{n}
	},
	Known: judgeDriver,
}

func judgeDriver(p *Pass, a Asked) {
	class := a.Note
	if class == "" {
		class = drivers[0]
	}
	required := "class " + class
	jar := a.Jars.Classes[class]
	switch {
	case jar != "":
		p.Pass(a, required, jar)
	case len(a.Jars.Broken) > 0:
		p.Fail(a, required, a.Jars.Broken[0], "a jar cannot be read: %s", a.Jars.Broken[0])
	case len(a.Jars.Classes) > 0:
		other := ""
		for name, path := range a.Jars.Classes {
			other = name + " in " + path
		}
		p.Fail(a, required, other, "Druid loads the driver %[2]s, and the jar holds %[1]s", other, class).Help =
			"Set druid.metadata.mysql.driver.driverClassName to the class that is there, or put the other driver there."
	default:
		p.Fail(a, required, "not in "+jarCount(a.Jars), "no jar of the extension or of lib holds %s", class)
	}
}

var liveHadoop = &Check{
	Rule: rules.Rule{
		ID: "live-hadoop-dependencies", Severity: finding.Warning,
		Title:  "Tasks of Hadoop, and no client of Hadoop for them.",
		Why:    "index_hadoop tasks load hadoop-dependencies/hadoop-client/VERSION, which must be there for the version that druid.indexer.task.defaultHadoopCoordinates names.",
		Effect: "Hadoop dependency [...] didn't exist!? and the task fails.",
		Fix:    "bin/pull-deps -h org.apache.hadoop:hadoop-client:VERSION, or unset the coordinates.",
		Source: "processing/src/main/java/org/apache/druid/initialization/Initialization.java (getHadoopDependencyFilesToLoad), 0.15.1; removed in 37 (apache/druid#19109)",
	},
	Needs: func(p *Pass) []Need {
		v := p.Tree.Shared("druid.indexer.task.defaultHadoopCoordinates", "middleManager", "indexer")
		list, ok := v.Strings()
		if !ok || !v.Set || p.Tree.Target.Release >= 37 || !slices.ContainsFunc(p.Services, (*conf.Service).RunsTasks) {
			return nil
		}
		dir := filepath.Join(filepath.Dir(p.extensionsDir()), "hadoop-dependencies")
		if d := p.Tree.Shared("druid.extensions.hadoopDependenciesDir"); usable(d) {
			dir = p.path(d.Text)
		}
		var needs []Need
		for _, coordinate := range list {
			if parts := strings.Split(coordinate, ":"); len(parts) == 3 {
				needs = append(needs, p.jarsNeed(p.at(nil, v), coordinate, nil, filepath.Join(dir, parts[1], parts[2])))
			}
		}
		return needs
	},
	Known: func(p *Pass, a Asked) {
		if len(a.Jars.Missing) > 0 {
			p.Warn(a, "a folder with jars", "not installed", "%s does not exist, and tasks of Hadoop need it", a.Jars.Missing[0])
			return
		}
		p.Pass(a, "a folder with jars", jarCount(a.Jars))
	},
}
