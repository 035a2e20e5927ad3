package conf

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// serviceNames are the folders that hold a process's files, and the processes.
var serviceNames = []string{
	"coordinator", "overlord", "coordinator-overlord", "broker", "router", "historical", "middleManager", "indexer", "realtime",
}

// ServiceNames are the services that a tree may have.
func ServiceNames() []string { return slices.Clone(serviceNames) }

// serviceOf says which service a folder is named after: broker, Broker,
// druid-broker, middle_manager, historical-hot, historical2.
func serviceOf(dir string) (string, bool) {
	for _, name := range serviceNames {
		if strings.EqualFold(dir, name) {
			return name, true
		}
	}
	found, also := "", ""
	words := strings.FieldsFunc(strings.ToLower(dir), func(c rune) bool { return strings.ContainsRune("-_. ", c) })
	for i, word := range words {
		word = strings.TrimRight(word, "0123456789")
		if word == "middle" && i+1 < len(words) && strings.TrimRight(words[i+1], "0123456789") == "manager" {
			word = "middlemanager"
		}
		for _, name := range serviceNames {
			switch {
			case word != strings.ToLower(name) || name == found:
			case found == "":
				found = name
			default:
				also = name
			}
		}
	}
	switch {
	case also == "":
		return found, found != ""
	case (found == "coordinator" || also == "coordinator") && (found == "overlord" || also == "overlord"):
		return "coordinator-overlord", true
	}
	return "", false // of several, which the files are for is not known
}

func isServiceDir(dir string) bool {
	_, ok := serviceOf(path.Base(dir))
	return ok
}

// isCommonDir reports whether a folder is called like one that holds what all
// processes share.
func isCommonDir(dir string) bool {
	return slices.Contains([]string{"_common", "common", "base"}, path.Base(dir))
}

// unit is the folder of a process, or the shared one, that a file's folder is, or
// is a part of: broker for broker, broker/conf and broker/templates.
func unit(dir string) string {
	switch path.Base(dir) {
	case "conf", "config", "etc", "templates", "files", "hadoop-xml":
		if parent := path.Dir(dir); isServiceDir(parent) || isCommonDir(parent) {
			return parent
		}
	}
	return dir
}

// whereabouts say whose file one is, by its folder and name.
type whereabouts struct {
	// unit is the folder of the process, or the shared one, that the file is in;
	// inService is set for a process's, and service is the one that it configures.
	unit      string
	inService bool
	service   string
}

func (e *entry) findPlace() {
	e.unit = unit(path.Dir(e.path))
	name, ok := serviceOf(path.Base(e.unit))
	e.inService = ok
	switch e.kind {
	case RuntimeProperties, JVMConfig:
		if flat, _, ok := flatName(plainName(path.Base(e.path))); ok {
			name = flat
		}
		e.service = name
	case MainConfig, CommonProperties:
		e.service = name
	}
}

// isShared reports whether a file is a common one, and no process's own.
func (e entry) isShared() bool { return e.kind == CommonProperties && !e.inService }

// isShared is the same of a file that was read.
func (f *File) isShared() bool { return f.Kind == CommonProperties && !f.inService }

// isStray reports whether a file has a name that other programs use too: one that lies
// in no process's folder, or the flags of a Coordinator, which Trino has as well.
func (e entry) isStray() bool {
	return e.kind == RuntimeProperties && !e.inService && plainName(path.Base(e.path)) == "runtime.properties" || e.kind == JVMConfig && e.service == "coordinator"
}

// isForeign reports whether a file is another program's: one of properties that sets
// something, and nothing of Druid's, or flags with one that Trino cannot do without.
func (g *grouping) isForeign(e *entry) bool {
	data := g.text(e)
	if bytes.Contains(data, []byte("druid.")) {
		return false
	}
	if e.kind == JVMConfig {
		return bytes.Contains(data, []byte("-Djdk.attach.allowAttachSelf=true")) && !bytes.Contains(data, []byte("-Duser.timezone"))
	}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != '!' {
			return true
		}
	}
	return false
}

// isDruid reports whether a file of the kind in a service's folder is read by Druid.
func (k Kind) isDruid() bool {
	switch k {
	case RuntimeProperties, CommonProperties, JVMConfig, MainConfig, HadoopXML, Log4jXML:
		return true
	}
	return false
}
