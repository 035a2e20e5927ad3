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

// findPlace sets whose folder the file lies in, and which process it is for.
func (f *File) findPlace() {
	f.unit = unit(path.Dir(f.rel))
	name, ok := serviceOf(path.Base(f.unit))
	f.inService = ok
	switch f.Kind {
	case RuntimeProperties:
		if flat, ok := strings.CutSuffix(path.Base(f.rel), ".runtime.properties"); ok {
			name, _ = serviceOf(flat)
		}
		f.service = name
	case JVMConfig, MainConfig, CommonProperties:
		f.service = name
	}
}

// isShared reports whether a file is a common one, and no process's own.
func (f *File) isShared() bool { return f.Kind == CommonProperties && !f.inService }

// isForeign reports whether a properties file is another program's: it sets
// something, and nothing of Druid's.
func (f *File) isForeign() bool {
	if f.Kind != RuntimeProperties && f.Kind != CommonProperties || f.Problem != "" || bytes.Contains(f.Data, []byte("druid.")) {
		return false
	}
	for line := range bytes.Lines(f.Data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != '!' {
			return true
		}
	}
	return false
}

// isDruid reports whether a file in a service's folder is read by Druid.
func (f *File) isDruid() bool {
	switch f.Kind {
	case RuntimeProperties, CommonProperties, JVMConfig, MainConfig, HadoopXML, Log4jXML:
		return true
	}
	return false
}
