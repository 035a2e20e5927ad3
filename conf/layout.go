package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/form"
)

// Kind is what a file is for; it decides how the file is read.
type Kind string

// The kinds of files that make a tree.
const (
	CommonProperties  Kind = "common.runtime.properties"
	RuntimeProperties Kind = "runtime.properties"
	JVMConfig         Kind = "jvm.config"
	MainConfig        Kind = "main.config"
	ZooConfig         Kind = "zoo.cfg"
	SuperviseConfig   Kind = "supervise"
	PivotConfig       Kind = "pivot"
	TranquilityJSON   Kind = "tranquility json"
	TranquilityYAML   Kind = "tranquility yaml"
	HadoopXML         Kind = "hadoop xml"
	Log4jXML          Kind = "log4j2.xml"
)

// kindOf says what a file is, by its name and its folder.
func kindOf(file string) (Kind, bool) { return kindIn(path.Dir(file), path.Base(file)) }

// kindIn is kindOf for a file of that name in a folder.
func kindIn(dir, base string) (Kind, bool) {
	base = plainName(base)
	switch base {
	case "common.runtime.properties":
		return CommonProperties, true
	case "runtime.properties":
		return RuntimeProperties, true
	case "jvm.config":
		return JVMConfig, true
	case "main.config":
		return MainConfig, true
	case "zoo.cfg":
		return ZooConfig, true
	case "log4j2.xml":
		return Log4jXML, true
	case "core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml":
		return HadoopXML, true
	case "config.yaml", "config.yml":
		if path.Base(dir) == "pivot" {
			return PivotConfig, true
		}
	}
	if _, kind, ok := flatName(base); ok {
		return kind, true
	}
	switch path.Ext(base) {
	case ".conf":
		return SuperviseConfig, slices.Contains(strings.Split(dir, "/"), "supervise")
	case ".json":
		return TranquilityJSON, path.Base(dir) == "tranquility"
	case ".yaml", ".yml":
		return TranquilityYAML, path.Base(dir) == "tranquility"
	}
	return "", false
}

// plainName is the name of the file that a tool makes of one: runtime.properties of
// runtime.properties.j2.
func plainName(base string) string {
	switch path.Ext(base) {
	case ".j2", ".jinja", ".jinja2", ".erb", ".epp", ".tmpl", ".tpl", ".ctmpl", ".gotmpl", ".template", ".tftpl", ".mustache":
		base = strings.TrimSuffix(base, path.Ext(base))
		if base == "jvm_config" {
			return "jvm.config"
		}
	}
	return strings.TrimSuffix(base, "_env") // of what envsubst is fed with
}

// IsTemplate reports whether the file is one of which a tool makes that of Druid, by its
// name or by what is in it.
func (f *File) IsTemplate() bool {
	return f.Template != nil || !f.Made() && f.Kind != Written && plainName(f.Base()) != f.Base()
}

// flatName tells the service of a file that is in no folder of its own, such as
// broker.runtime.properties, historical-jvm.config or middle_manager.jvm.config.
func flatName(base string) (service string, kind Kind, ok bool) {
	for _, kind := range []Kind{RuntimeProperties, JVMConfig} {
		name, found := strings.CutSuffix(base, string(kind))
		if n := len(name); found && n > 1 && strings.IndexByte("._-", name[n-1]) >= 0 {
			service, ok = serviceOf(name[:n-1])
			return service, kind, ok
		}
	}
	return "", "", false
}

// skipDir tells folders that hold no configuration and can be huge.
func skipDir(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", "node_modules", "vendor":
		return true
	}
	return false
}

// Entered reports whether a folder of that name is looked into.
func Entered(name string) bool { return !skipDir(name) }

// IsConfiguration reports whether a file of that path, with "/", is read at all.
func IsConfiguration(file string) bool { return interesting(file) && !skipped(file) }

// Concerns reports whether a file of that path, with "/", may be read of any form:
// what is in it may change what is said of a configuration.
func Concerns(file string) bool {
	return IsConfiguration(file) || form.MayBe(path.Base(file)) && !skipped(file)
}

func interesting(file string) bool {
	_, ok := kindOf(file)
	return ok
}

// interestingDir reports whether a link of that name would have been a part of
// a tree.
func interestingDir(dir string) bool {
	base := path.Base(dir)
	_, ok := serviceOf(base)
	return ok || slices.Contains([]string{"_common", "conf", "druid", "zk", "supervise", "pivot", "tranquility"}, base)
}

// lookedFor tells users what a tree is, when there is none.
const lookedFor = "no Druid or Imply configuration found: looked for common.runtime.properties, <service>/runtime.properties, " +
	"<service>.runtime.properties, jvm.config, main.config, zk/zoo.cfg, supervise/*.conf, pivot/config.yaml and tranquility/*.json below it, " +
	"and for Compose and environment files, resources of Kubernetes, values of charts, blueprints and stacks of Ambari that run Druid"
