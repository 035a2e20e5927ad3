package ports

import (
	"path"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
)

// Ports that flags of java open. Nobody in the cluster calls them.
const (
	jmxKey    = "com.sun.management.jmxremote.port"
	jmxRMIKey = "com.sun.management.jmxremote.rmi.port"
)

// flagged are the ports that the flags in a jvm.config open.
func flagged(process, role string, s *conf.Service, f *conf.File) []Listener {
	if f == nil {
		return nil
	}
	return flagPorts(f.Flags, process, role, s, func(flag syntax.Flag) conf.Place {
		return place(f, flag.Span, flag.Name, s)
	})
}

// taskFlagged are those of the flags that tasks are given.
func taskFlagged(t *conf.Tree, s *conf.Service) []Listener {
	flags, opts := peonFlags(s)
	return flagPorts(flags, Peon, s.ServerRole(), nil, func(syntax.Flag) conf.Place { return t.Where(s, opts) })
}

func flagPorts(flags []syntax.Flag, process, role string, s *conf.Service, at func(syntax.Flag) conf.Place) []Listener {
	var list []Listener
	add := func(flag syntax.Flag, text, what, why string) {
		port, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !conf.IsPort(port) {
			return
		}
		l := Listener{Role: role, Process: process, Name: process + " (" + what + ")", Port: port, LastPort: port, Needed: true, Why: why, service: s, tool: true}
		list = append(list, l.at(at(flag), true))
	}
	if flag, ok := syntax.LastFlag(flags, syntax.SystemProperty, jmxKey); ok {
		why := "for tools of yours: no rule opens it"
		if _, fixed := syntax.LastFlag(flags, syntax.SystemProperty, jmxRMIKey); !fixed {
			why += "; without " + jmxRMIKey + " JMX also opens a random port"
		}
		add(flag, flag.Value, "JMX", why)
	}
	if flag, ok := syntax.LastFlag(flags, syntax.SystemProperty, jmxRMIKey); ok {
		if port, same := syntax.LastFlag(flags, syntax.SystemProperty, jmxKey); same && port.Value != flag.Value {
			add(flag, flag.Value, "JMX, RMI", "for tools of yours: no rule opens it")
		}
	}
	for _, flag := range flags {
		if port, ok := debugPort(flag); ok {
			add(flag, port, "debugger", "for a debugger, which may run any code in the process: no rule opens it")
		}
	}
	return list
}

// debugPort is the port of -agentlib:jdwp=...,server=y,address=[host:]port and
// -Xrunjdwp:...; with server=n the process connects and does not listen.
func debugPort(flag syntax.Flag) (string, bool) {
	options, ok := strings.CutPrefix(flag.Text, "-agentlib:jdwp=")
	if !ok {
		if options, ok = strings.CutPrefix(flag.Text, "-Xrunjdwp:"); !ok {
			return "", false
		}
	}
	address, server := "", false
	for option := range strings.SplitSeq(options, ",") {
		switch key, value, _ := strings.Cut(option, "="); key {
		case "address":
			address = value
		case "server":
			server = value == "y"
		}
	}
	if _, port, ok := text.SplitHostPort(address); ok {
		address = port
	}
	return address, server
}

// lonely are the jvm.config files of no Druid process: ZooKeeper's.
func lonely(t *conf.Tree, folder string) *conf.File {
	for _, f := range t.Readable(conf.JVMConfig) {
		if path.Base(path.Dir(f.Path)) == folder && len(t.Readers(f)) == 0 {
			return f
		}
	}
	return nil
}

func place(f *conf.File, span syntax.Span, property string, s *conf.Service) conf.Place {
	p := conf.Place{File: f, Span: span, Property: property}
	if s != nil {
		p.Service = s.Name
	}
	return p
}
