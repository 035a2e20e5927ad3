package preflight

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

var liveLog4j = &Check{
	Rule: rules.Rule{
		ID: "live-log4j", Severity: finding.Warning,
		Title:  "A file of log4j2.xml is in a folder that the user of Druid cannot write to, or log4j2.xml cannot be read.",
		Why:    "Log4j makes the folders of its files as the user that Druid runs as. From 0.24 on run-druid sets druid.log.path to the folder log below the distribution.",
		Effect: "Druid starts and writes no log: Unable to create file, on the standard error only.",
		Fix:    "chown the folder of the logs to the user of Druid, or name another in log4j2.xml.",
		Source: "org.apache.logging.log4j.core.appender.FileManager (createOnDemand, FileUtils.makeParentDirs), 2.22; examples/bin/run-druid, 38",
	},
	Needs: logNeeds,
	Each:  judgeLog,
}

// logNeeds ask for the folders that log4j2.xml writes to, as far as its text tells.
func logNeeds(p *Pass) []Need {
	if len(p.Services) == 0 {
		return nil
	}
	var list []Need
	for _, f := range p.Tree.Readable(conf.Log4jXML) {
		if f.Err != nil || f.XML == nil {
			list = append(list, Need{Target: f.Rel(), At: rules.In(f), Skip: "log4j2.xml cannot be read: see implycheck lint"})
			continue
		}
		for _, name := range fileNames(f.XML) {
			d := dir{path: logFolder(name), use: "logs", at: rules.In(f), made: true}
			if d.path == "" {
				list = append(list, Need{Target: name, At: d.at, Skip: "its name is made of properties that only the process knows"})
				continue
			}
			d.path = p.path(d.path)
			if !slices.ContainsFunc(list, func(n Need) bool { return n.Target == d.path }) {
				list = append(list, p.need(d, false))
			}
		}
	}
	return list
}

// fileNames are the files of all appenders.
func fileNames(e *syntax.Element) []string {
	var list []string
	if name, ok := e.Attr("fileName"); ok {
		list = append(list, name)
	}
	for _, c := range e.Children {
		list = append(list, fileNames(c)...)
	}
	return list
}

// logFolder is the folder of a log, or nothing where only the process knows it.
func logFolder(name string) string {
	if rest, ok := strings.CutPrefix(name, "${sys:druid.log.path}/"); ok {
		name = "log/" + rest
	}
	if folder := path.Dir(name); !strings.Contains(folder, "${") {
		return folder
	}
	return ""
}

func judgeLog(p *Pass, a Asked) {
	const required = "may be written"
	switch {
	case a.Problem != nil:
		p.Unknown(a, required, a.Problem.Text)
	case a.Folder.Blocked != "" || !a.Folder.Writable || !a.Folder.IsDir:
		p.Warn(a, required, a.Folder.Mode+" "+a.Folder.Nearest, "%s cannot write logs to %s", a.Folder.User, a.Target)
	default:
		p.Pass(a, required, a.Folder.Mode+" "+a.Folder.Nearest)
	}
}
