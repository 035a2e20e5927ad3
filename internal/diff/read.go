package diff

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// read makes an item of a file; false where it cannot be read. A template may be read
// in part only, and is no mistake.
func read(f *conf.File, r schema.Release) (item, bool) {
	if f.Problem != "" || f.Err != nil || !parsed(f) {
		return item{}, false
	}
	switch f.Kind {
	case conf.PivotConfig, conf.TranquilityYAML, conf.TranquilityJSON:
		return nodeItem("", "", f.Node), true
	case conf.HadoopXML:
		return hadoopItem(f.XML), true
	case conf.Log4jXML:
		return elementItem("", f.XML), true
	case conf.SuperviseConfig:
		return superviseItem(f.Supervise), true
	case conf.ZooConfig:
		return propertiesItem(f.Properties, func(_, text string) string { return strings.TrimSpace(text) }), true
	case conf.CommonProperties, conf.RuntimeProperties:
		return propertiesItem(f.Properties, func(key, text string) string { return normal(key, text, r) }), true
	case conf.MainConfig:
		return item{branch: true, parts: []item{commandLine(f.Args.Words)}}, true
	case conf.JVMConfig: // see flags
	}
	return item{}, false
}

// commandLine is a file that is one.
func commandLine(list []syntax.Word) item {
	var span syntax.Span
	if len(list) > 0 {
		span = syntax.Span{Start: list[0].Span.Start, End: list[len(list)-1].Span.End}
	}
	return leaf("command line", words(list), span)
}

// parsed reports whether the reader of the file has made something of it.
func parsed(f *conf.File) bool {
	return f.Properties != nil || f.Args != nil || f.Supervise != nil || f.Node != nil || f.XML != nil
}

func propertiesItem(p *syntax.Properties, normal func(key, text string) string) item {
	parts := make([]item, len(p.Entries))
	for i, e := range p.Entries {
		parts[i] = leaf(e.Key, e.Value, e.KeySpan)
		parts[i].normal, parts[i].within = normal(e.Key, e.Value), e.ValueSpan
	}
	return branch("", syntax.Span{}, parts)
}

func hadoopItem(root *syntax.Element) item {
	var parts []item
	for _, p := range syntax.HadoopProperties(root) {
		it := leaf(p.Name, p.Value, p.Span)
		it.within = p.ValueSpan
		if p.Final {
			it.normal = "final " + p.Value
		}
		parts = append(parts, it)
	}
	return branch("", syntax.Span{}, parts)
}

// elementItem names elements as Log4j tells them apart: by kind, and by name,
// ref or level where they have one. Attributes may stand in any order.
func elementItem(name string, e *syntax.Element) item {
	var parts []item
	if text := strings.TrimSpace(e.Text); text != "" {
		parts = append(parts, leaf("text", text, e.TextSpan))
	}
	for _, a := range e.Attrs {
		parts = append(parts, leaf("@"+a.Name, a.Value, a.Span))
	}
	count := map[string]int{}
	for _, child := range e.Children {
		name := child.Name
		for _, key := range []string{"name", "ref", "key"} {
			if value, ok := child.Attr(key); ok {
				name += "[" + value + "]"
				break
			}
		}
		if count[name]++; count[name] > 1 {
			name = fmt.Sprintf("%s#%d", name, count[name])
		}
		parts = append(parts, elementItem(name, child))
	}
	return branch(name, e.Span, parts)
}

func superviseItem(s *syntax.Supervise) item {
	var parts []item
	directives := func(name string, list []syntax.Directive) {
		for _, d := range list {
			parts = append(parts, leaf(name+" "+d.Text, d.Text, d.Span))
		}
	}
	directives(":verify", s.Verifies)
	directives(":notify", s.Notifies)
	if s.KillTimeout != nil {
		parts = append(parts, leaf(":kill-timeout", fmt.Sprint(s.KillTimeout.Seconds), s.KillTimeout.Span))
	}
	for _, c := range s.Commands {
		it := leaf(c.Name, strings.TrimSpace(c.Text), c.Span)
		it.normal = fmt.Sprintf("!p%d %s", c.Order, words(c.Words))
		parts = append(parts, it)
	}
	return branch("", syntax.Span{}, parts)
}

// words are joined as a shell would take them apart again.
func words(list []syntax.Word) string {
	texts := make([]string, 0, len(list))
	for _, w := range list {
		if text := clean(w.Text); !w.Comment && text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, " ")
}
