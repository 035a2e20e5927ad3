package preflight

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
)

var liveDirs = &Check{
	Rule: rules.Rule{
		ID: "live-folders", Severity: finding.Error,
		Title:  "A folder that the user of Druid cannot enter or write to.",
		Why:    "Druid creates what is missing below the folders that it is given, as the user that it runs as.",
		Effect: "Permission denied: the process does not start, or tasks and segments fail.",
		Fix:    "chown the folder to the user of Druid; with --user USER another user than your own is looked at.",
		Source: "path_resolution(7); org.apache.druid.java.util.common.FileUtils.mkdirp, 0.21",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, d := range p.dirs() {
			n := p.need(d, false)
			if p.Probe {
				n.Question.Name, n.Folder.Probe = "write in "+d.path, true
			}
			list = append(list, n)
		}
		return list
	},
	Known: judgeFolder,
}

func judgeFolder(p *Pass, a Asked) {
	f := a.Folder
	required := fmt.Sprintf("%s may write (%s)", f.User, a.Note)
	current := fmt.Sprintf("%s %d:%d", f.Mode, f.UID, f.GID)
	if !f.Exists {
		current = fmt.Sprintf("does not exist; %s is %s", f.Nearest, current)
	}
	fail := p.Fail
	if a.Note == spills {
		fail = p.Warn
	}
	switch {
	case f.Blocked != "":
		fail(a, required, current, "%s cannot enter %s, which is above %s", f.User, f.Blocked, f.Path)
	case f.Dangling != "":
		fail(a, required, f.Dangling, "%s, which does not exist: no folder can be made in its place", f.Dangling)
	case f.WriteError != "":
		fail(a, required, f.WriteError, "a file cannot be written in %s: %s", f.Path, f.WriteError)
	case !f.IsDir:
		fail(a, required, current, "%s is not a folder", f.Nearest)
	case slices.Contains(f.Mount.Options, "ro"):
		fail(a, required, current+", read-only", "%s is on %s, which is mounted read-only", f.Path, f.Mount.Point)
	case !f.Writable && f.Exists:
		fail(a, required, current, "%s cannot write to %s (%s, user %d, group %d)", f.User, f.Path, f.Mode, f.UID, f.GID)
	case !f.Writable:
		fail(a, required, current, "%s does not exist, and %s cannot create it in %s", f.Path, f.User, f.Nearest)
	case f.Wrote != "":
		p.Pass(a, required, current+"; wrote "+f.Wrote+" and deleted it")
	default:
		p.Pass(a, required, current)
	}
}

// needsExec are extensions whose libraries unpack native code.
var needsExec = []string{"druid-kafka-indexing-service", "druid-parquet-extensions", "druid-orc-extensions", "druid-avro-extensions", "druid-kinesis-indexing-service"}

var liveTmp = &Check{
	Rule: rules.Rule{
		ID: "live-tmp", Severity: finding.Error,
		Title:  "java.io.tmpdir does not exist, is not writable, or is mounted noexec.",
		Why:    "Druid merges and unpacks there, and libraries of Java (zstd, snappy, lz4, sigar) write their native code there to run it.",
		Effect: "Tasks and queries that need a temporary folder fail; with noexec native libraries do not load: UnsatisfiedLinkError: failed to map segment from shared object: Operation not permitted.",
		Fix:    "Write -Djava.io.tmpdir= with a folder on a disk that allows exec, and make the folder.",
		Source: "processing/src/main/java/org/apache/druid/java/util/common/FileUtils.java (createTempDir) and examples/bin/supervise (mkdir -p var/tmp), 38; xerial/snappy-java#240; luben/zstd-jni#113; apache/druid#11542",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, s := range p.Services {
			d := dir{path: "/tmp", use: "java.io.tmpdir", at: p.anchor(), service: s}
			if f, ok := property(s, "java.io.tmpdir"); ok && f.Value != "" && !strings.ContainsAny(f.Value, "${}") {
				d.path, d.at = f.Value, rules.At(s.JVM, f.Span).Of(s)
			}
			d.relative = !filepath.IsAbs(d.path)
			d.path = p.path(d.path)
			if !slices.ContainsFunc(list, func(n Need) bool { return n.Target == d.path }) {
				list = append(list, p.need(d, false))
			}
		}
		return list
	},
	Known: judgeTmp,
}

func judgeTmp(p *Pass, a Asked) {
	f := a.Folder
	const least = 1 << 30
	const required = "exists, writable, exec, 1 GiB free"
	current := fmt.Sprintf("%s on %s (%s), %s free", f.Mount.Kind, f.Mount.Point, strings.Join(f.Mount.Options, ","), text.About(f.Free))
	list, _ := p.Tree.Shared("druid.extensions.loadList").Strings()
	i := slices.IndexFunc(needsExec, func(e string) bool { return slices.Contains(list, e) })
	switch noexec := slices.Contains(f.Mount.Options, "noexec"); {
	case !f.Exists:
		p.missingTmp(a, required)
	case !f.IsDir:
		p.Warn(a, required, "not a folder", "java.io.tmpdir %s is not a folder, and no temporary file can be created in it", f.Path)
	case !f.Writable:
		p.Fail(a, required, fmt.Sprintf("%s %d:%d", f.Mode, f.UID, f.GID), "%s cannot write to java.io.tmpdir %s", f.User, f.Path)
	case noexec && i >= 0:
		p.Warn(a, required, current, "java.io.tmpdir %s is mounted noexec, and libraries of %s unpack native code there", f.Path, needsExec[i])
	case noexec:
		p.Warn(a, required, current, "java.io.tmpdir %s is mounted noexec: libraries with native code do not load", f.Path)
	case f.Free < least:
		p.Warn(a, required, current, "java.io.tmpdir %s has %s left", f.Path, text.About(f.Free))
	default:
		p.Pass(a, required, current)
	}
}

// missingTmp knows that bin/supervise makes var/tmp, and nobody another folder.
func (p *Pass) missingTmp(a Asked, required string) {
	f := a.Folder
	switch {
	case f.Dangling != "":
		p.Fail(a, required, f.Dangling, "java.io.tmpdir %s does not exist: %s, which is not there", f.Path, f.Dangling)
	case !f.Writable:
		p.Fail(a, required, "does not exist", "java.io.tmpdir %s does not exist, and %s cannot create it in %s", f.Path, f.User, f.Nearest)
	case f.Path == filepath.Join(p.Home, "var", "tmp"):
		p.Pass(a, required, "does not exist; bin/supervise creates it")
	default:
		p.Warn(a, required, "does not exist", "java.io.tmpdir %s does not exist, and neither Java nor Druid creates it", f.Path)
	}
}
