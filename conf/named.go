package conf

import (
	"bytes"
	"path"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// mention is where a file around a tree names a release: a Dockerfile's FROM, an
// image's tag, the version of a chart, a pom or a download, or the name of a
// folder or a jar of a distribution.
type mention struct {
	// dir is the folder of the file, relative to the scanned path.
	dir string
	// text is what it says, and file where; file is empty for a name.
	text, file string
	release    schema.Range
	target     schema.Target
	weight     int
}

// namesReleases reports whether a file of that name may name a release.
func namesReleases(name string) bool {
	lower := strings.ToLower(name)
	switch path.Ext(lower) {
	case ".yml", ".yaml", ".dockerfile", ".env":
		return true
	}
	return lower == "pom.xml" || lower == "makefile" || lower == ".env" || strings.HasPrefix(lower, "dockerfile") || strings.HasPrefix(lower, "vagrantfile")
}

// releasePattern finds what is called druid or imply and has a version behind it.
var releasePattern = lazy.Regexp{Expr: `(?im)` +
	`([\w./-]*(?:druid|imply)[\w-]*):` + aVersion + `|` + // image: apache/druid:28.0.1
	`\b((?:apache-)?druid(?:-services|-server)?|imply)-` + aVersion + `|` + // druid-0.9.2-bin.tar.gz
	`\b((?:imply[-_])?(?:druid|imply)[-_.]?(?:version|tag|release))\b["']?[ \t:=>"'-]*` + aVersion + `|` + // ENV DRUID_VERSION=0.12.3
	`<artifactId>(druid)</artifactId>\s*(?:<packaging>\w*</packaging>\s*)?<version>` + aVersion + `|` + // the pom of Druid, or of a fork
	`^ *repository: *["']?(\S*druid)["']?\s+tag: *` + aVersion + `|` + // the values of a chart
	`^(appVersion): *` + aVersion, // a chart
}

const aVersion = `["']?v?(\d+(?:\.\d+)+|[23]\d)(?:[^\d.]|\.\D|\.?$)`

// mentions reads what a file names. Lines that are comments do not count.
func mentions(file string, data []byte) (list []mention) {
	lower := bytes.ToLower(data)
	if !bytes.Contains(lower, []byte("druid")) && !bytes.Contains(lower, []byte("imply")) {
		return nil
	}
	for _, m := range releasePattern.Get().FindAllSubmatchIndex(data, -1) {
		line := data[bytes.LastIndexByte(data[:m[0]], '\n')+1 : m[0]]
		if strings.HasPrefix(strings.TrimLeft(string(line), " \t"), "#") {
			continue
		}
		var groups []string
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				groups = append(groups, string(data[m[i]:m[i+1]]))
			}
		}
		name, version := groups[0], groups[1]
		if name == "appVersion" && !isDruidChart(lower) {
			continue
		}
		if found, ok := newMention(name, version); ok {
			found.dir, found.file, found.weight = path.Dir(file), file, named
			found.text = name + " " + version
			list = append(list, found)
		}
	}
	return list
}

// isDruidChart reports whether a Chart.yaml, in lower case, is one of Druid.
func isDruidChart(lower []byte) bool {
	for line := range bytes.Lines(lower) {
		if name, ok := bytes.CutPrefix(line, []byte("name:")); ok {
			return bytes.Contains(name, []byte("druid")) || bytes.Contains(name, []byte("imply"))
		}
	}
	return false
}

// newMention understands a version of Druid, or of Imply's.
func newMention(name, version string) (m mention, ok bool) {
	vendor := "druid"
	if strings.Contains(strings.ToLower(name), "imply") {
		vendor = "imply"
	}
	target, err := schema.ParseTarget(vendor + "-" + version)
	if err == nil {
		return mention{release: target.Possible(), target: target}, true
	}
	r, ok := schema.ParseRelease(version)
	switch {
	case vendor == "druid" && ok:
		return mention{release: schema.Range{From: r, Until: r}}, true
	case vendor == "imply" && oldImply(version):
		return mention{release: schema.Range{From: 8, Until: schema.Oldest - 1}}, true
	}
	return m, false
}

// oldImply reports whether a version of Imply's came before 2.7: from 1.0, with
// Druid 0.8, on.
func oldImply(version string) bool {
	return strings.HasPrefix(version, "1.") || strings.HasPrefix(version, "2.") && len(version) > 2 && version[2] < '7' && (len(version) == 3 || version[3] == '.')
}

// distributionName finds a version in imply-3.0.19, apache-druid-0.15.1-incubating
// and druid-server-0.12.3-iap7.jar, which are names of folders and jars.
func distributionName(dir, name string) (m mention, ok bool) {
	for _, vendor := range []string{"imply-", "apache-druid-", "druid-server-"} {
		version, found := strings.CutPrefix(name, vendor)
		if !found {
			continue
		}
		version = version[:len(version)-len(strings.TrimLeft(version, "0123456789."))]
		if m, ok = newMention(vendor, strings.TrimSuffix(version, ".")); ok {
			m.dir, m.text, m.weight = dir, "the distribution "+name, shipped
		}
		return m, ok
	}
	return m, false
}
