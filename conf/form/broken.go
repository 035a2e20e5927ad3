package form

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// Unrendered says what has to be done with a file that is no YAML yet, or no resource:
// a text with the folder of it in the place of %s. It is empty for other files.
func Unrendered(s *Source) (text, dir string) {
	dir = path.Dir(s.Path)
	switch {
	case isKustomization(s.Path):
		return "%[1]s is a kustomization, which is read when it is built: kustomize build %[1]s | implycheck lint -", dir
	case isChartTemplate(s.Data):
		for dir != "." && path.Base(dir) != "templates" {
			dir = path.Dir(dir)
		}
		if dir == "." && path.Dir(s.Path) != "." {
			return "", "" // no template of a chart
		}
		return "%[1]s holds a Helm chart, whose templates are read when they are rendered: helm template %[1]s | implycheck lint -", path.Dir(dir)
	}
	return "", ""
}

// isChartTemplate reports whether a text uses what the templates of a chart have.
func isChartTemplate(data []byte) bool {
	return bytes.Contains(data, []byte("{{")) && slices.ContainsFunc([]string{".Values", ".Release.", ".Chart.", `include "`, `template "`}, func(mark string) bool {
		return bytes.Contains(data, []byte(mark))
	})
}

// Unreadable says why a file cannot be read that is YAML or JSON by its name, and in or
// after which line, 0 for all of it; it is empty for other files. The library names the
// line of the block in which it fails, or of the mistake.
func Unreadable(s *Source) (why string, line int) {
	kind := ""
	switch strings.ToLower(path.Ext(s.Path)) {
	case ".yml", ".yaml":
		kind = "YAML"
	case ".json":
		kind = "JSON"
	default:
		return "", 0
	}
	_, err := s.Documents()
	if err == nil {
		return "", 0
	}
	if line, what := lineOf(err); line > 0 {
		return "cannot be read as " + kind + ": in or after line " + strconv.Itoa(line) + ": " + what, line
	}
	return "cannot be read as " + kind + ": " + err.Error(), 0
}

// lineOf is the line that an error of YAML names, and the rest of it.
func lineOf(err error) (line int, what string) {
	rest, ok := strings.CutPrefix(err.Error(), "line ")
	number, what, found := strings.Cut(rest, ": ")
	line, failed := strconv.Atoi(number)
	if !ok || !found || failed != nil {
		return 0, ""
	}
	return line, what
}

// Configures reports whether a file that cannot be read is one of a configuration of
// Druid, and not only about Druid, nor a template. It looks for what nothing else has.
func Configures(s *Source) bool {
	if _, template := syntax.ReadTemplate(s.Data, true); template {
		return false
	}
	for _, mark := range []string{"image: apache/druid", "repository: apache/druid", "druid.apache.org/", "druid.stackable.tech/", "runtime.properties", `"druid-common"`} {
		if bytes.Contains(s.Data, []byte(mark)) {
			return true
		}
	}
	rest := s.Data
	for {
		at := bytes.Index(rest, []byte("druid_"))
		if at < 0 {
			return false
		}
		rest = rest[at:]
		name := rest[:nameLength(string(rest[:min(len(rest), maxName)]))]
		if _, ok := schema.Lookup(strings.ReplaceAll(string(name), "_", ".")); ok {
			return true
		}
		rest = rest[len(name):]
	}
}

// maxName is more than the name of any property has.
const maxName = 200
