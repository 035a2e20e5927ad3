package rules

import (
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

// java is one command line of java: a jvm.config, or the options that a
// MiddleManager gives its tasks.
type java struct {
	// name is what messages call it: the broker, each task, zk/jvm.config.
	name    string
	flags   []syntax.Flag
	service *conf.Service
	// file is the jvm.config; without one the flags stand in the value opts.
	file *conf.File
	opts conf.Value
}

const (
	javaOptsKey      = "druid.indexer.runner.javaOpts"
	javaOptsArrayKey = "druid.indexer.runner.javaOptsArray"
)

// fromArray marks the words of tasks that stand in javaOptsArray.
const fromArray = 1

// javas are all command lines of java in the tree.
func (p *Pass) javas() []java {
	if p.commandLines == nil {
		p.commandLines = p.findJavas()
		for _, j := range p.commandLines {
			switch {
			case j.service == nil:
			case j.file != nil:
				p.druidLines = append(p.druidLines, j)
			default:
				p.taskLines = append(p.taskLines, j)
			}
		}
	}
	return p.commandLines
}

func (p *Pass) findJavas() []java {
	list := []java{}
	for _, f := range p.Files(conf.JVMConfig) {
		j := java{name: f.Rel(), flags: f.Flags, file: f}
		if readers := p.Tree.Readers(f); len(readers) > 0 {
			j.name, j.service = "the "+readers[0].Name, readers[0]
		}
		list = append(list, j)
	}
	for _, s := range p.taskRunners() {
		if flags, opts, known := taskFlags(s); known && opts.Set {
			list = append(list, java{name: "each task", flags: flags, service: s, opts: opts})
		}
	}
	return list
}

// druids are those of Druid's own processes.
func (p *Pass) druids() []java { p.javas(); return p.druidLines }

// tasks are those of the tasks that MiddleManagers start with options.
func (p *Pass) tasks() []java { p.javas(); return p.taskLines }

// whole is the place of the command line.
func (j java) whole() Place {
	if j.file == nil {
		return Val(j.opts).Of(j.service)
	}
	return In(j.file).Of(j.service)
}

// at is the place of one of its flags.
func (j java) at(f syntax.Flag) Place {
	if j.file != nil {
		return At(j.file, f.Span).Of(j.service)
	}
	if f.SplitFrom == fromArray && j.service != nil {
		return Val(j.service.Get(javaOptsArrayKey)).Of(j.service)
	}
	return Val(j.opts).Of(j.service)
}

// known is false where flags come from elsewhere too, or do not arrive.
func (j java) known() bool {
	return !slices.ContainsFunc(j.flags, func(f syntax.Flag) bool {
		return f.Kind == syntax.ArgFile || f.Comment || hasCR(f.Text) || isStandIn(f)
	}) && (j.file == nil || j.file.Err == nil && !j.file.Open())
}

// heap is -Xmx, and false where it is not given or not understood.
func (j java) heap() (syntax.Flag, bool) {
	f, ok := syntax.LastFlag(j.flags, syntax.Size, "Xmx", "MaxHeapSize")
	return f, ok && f.BytesOK
}

// toggle reports whether -XX:+name counts.
func (j java) toggle(name string) bool {
	f, ok := syntax.LastFlag(j.flags, syntax.Toggle, name)
	return ok && f.On
}

// property is the value of -Dname.
func (j java) property(name string) (syntax.Flag, bool) {
	return syntax.LastFlag(j.flags, syntax.SystemProperty, name)
}

// reportAll makes one finding of a mistake that several command lines share.
func (p *Pass) reportAll(list []java, format string) *finding.Finding {
	if len(list) == 0 {
		return nil
	}
	name := list[0].name
	if len(list) > 1 {
		name = fmt.Sprintf("%s and %d others", name, len(list)-1)
	}
	f := p.Report(list[0].whole(), format, name)
	for _, j := range list[1:] {
		f.Service = ""
		relate(f, j.whole(), "%s", j.name)
	}
	return f
}

// javaVersions are the versions of Java to think of: the user's, else all that
// the release supports.
func (p *Pass) javaVersions() []int {
	if p.Topology.Java > 0 {
		return []int{p.Topology.Java}
	}
	return p.supportedJava()
}
