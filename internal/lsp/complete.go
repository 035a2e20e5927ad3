package lsp

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

const (
	loadList = "druid.extensions.loadList"
	monitors = "druid.monitoring.monitors"
)

// maxItems bounds an answer; what is typed further makes it shorter.
const maxItems = 500

// completing is a place where something is to be completed.
type completing struct {
	asked
	target   schema.Target
	snippets bool
	// line is what is written before the place, and rest what follows in the line.
	line, rest string
}

// complete offers keys, values, extensions, monitors and flags that the release at
// hand has. It looks at the text as it is now and takes the rest from the last run.
func (s *server) complete(p documentParams) any {
	a, ok := s.about(p)
	if !ok {
		return nil
	}
	c := completing{asked: a, target: schema.DefaultTarget, snippets: s.snippets}
	if t := a.treeOf(a.document.path); t != nil {
		c.target = t.Target
	}
	data := a.text.data
	begin := strings.LastIndexAny(string(data[:a.offset]), "\r\n") + 1
	c.line = string(data[begin:a.offset])
	c.rest = string(data[a.offset:])
	if i := strings.IndexAny(c.rest, "\r\n"); i >= 0 {
		c.rest = c.rest[:i]
	}
	list := c.items()
	return completionList{len(list) >= maxItems, list[:min(len(list), maxItems)]}
}

var (
	// keyStart is a key that is being written: at the beginning of a line of a
	// properties file or of what holds one, behind -D, or as a variable.
	keyStart = lazy.Regexp{Expr: `^(?:[\s\-"'#!]*|.*-D)((?:druid\.)[\w.<>-]*|d|dr|dru|drui|druid)$`}
	variable = lazy.Regexp{Expr: `^[\s\-"']*(druid_\w*)$`}
	// assigned is a value that is being written.
	assigned = lazy.Regexp{Expr: `(?:^|[\s"'-]|-D)(druid[._][\w.-]*)\s*[=:]\s*(.*)$`}
	flagWord = lazy.Regexp{Expr: `(?:^|\s)(-\S*)$`}
	rest     = lazy.Regexp{Expr: `^[\w.-]*`}
)

// items are what is offered.
func (c *completing) items() []completionItem {
	if m := assigned.FindStringSubmatch(c.line); m != nil {
		return c.values(keyOf(m[1]), m[2])
	}
	if m := keyStart.FindStringSubmatch(c.line); m != nil {
		return c.keys(m[1], ".")
	}
	if m := variable.FindStringSubmatch(c.line); m != nil {
		return c.keys(m[1], "_")
	}
	name := filepath.Base(c.document.path)
	switch m := flagWord.FindStringSubmatch(c.line); {
	case m != nil && name == "jvm.config":
		return c.flags(m[1])
	case strings.TrimSpace(c.line) == "" && strings.HasSuffix(name, ".properties"):
		return c.keys(strings.TrimSpace(c.line), ".")
	}
	return nil
}

// keyOf is the key of a variable of a container.
func keyOf(name string) string {
	if strings.HasPrefix(name, "druid_") {
		return strings.ReplaceAll(name, "_", ".")
	}
	return name
}

// item replaces what is typed of a word, and what follows of it.
func (c *completing) item(typed, text string, kind int) completionItem {
	to := c.offset + len(rest.FindString(c.rest))
	return completionItem{Label: text, Kind: kind, InsertTextFormat: plainText, TextEdit: textEdit{c.text.textRange(c.offset-len(typed), to), text}}
}

// keys are the properties that the release reads, those first that the processes of
// the file do.
func (c *completing) keys(typed, dot string) []completionItem {
	prefix := strings.ReplaceAll(typed, dot, ".")
	readers := c.readers()
	type candidate struct {
		name string
		p    *schema.Property
	}
	var own, foreign []candidate
	for i := range schema.Properties() {
		p := &schema.Properties()[i]
		if !p.Releases.Has(c.target.Release) || p.Refused != nil && p.Refused.Stops("", c.target.Release) {
			continue
		}
		if name, ok := fill(p.Name, prefix); ok && !strings.Contains(name, "<any>") {
			list := &own
			if len(readers) > 0 && !slices.ContainsFunc(readers, func(s *conf.Service) bool { return s.Reads(p) }) {
				list = &foreign
			}
			*list = append(*list, candidate{name, p})
		}
	}
	var items []completionItem
	byName := func(a, b candidate) int { return strings.Compare(a.name, b.name) }
	for _, k := range slices.Concat(slices.SortedStableFunc(slices.Values(own), byName), slices.SortedStableFunc(slices.Values(foreign), byName)) {
		if item, ok := c.key(typed, strings.ReplaceAll(k.name, ".", dot), k.p); ok {
			items = append(items, item)
		}
	}
	return items
}

func (c *completing) key(typed, name string, p *schema.Property) (completionItem, bool) {
	item := c.item(typed, name, kindProperty)
	item.Documentation = p.Doc
	if d, ok := p.DefaultIn(c.target.Release); ok {
		item.Detail = cmp.Or(d.Value, d.Formula)
	}
	if p.Deprecated > 0 && p.Deprecated <= c.target.Release {
		item.Tags = []int{1}
	}
	if !strings.Contains(name, "<") {
		return item, true
	}
	if c.snippets {
		item.InsertTextFormat, item.TextEdit.NewText = snippet, placeholders(name)
		return item, true
	}
	item.TextEdit.NewText, _, _ = strings.Cut(name, "<")
	return item, item.TextEdit.NewText != typed
}

// placeholders makes a snippet of a pattern: <name> is what is to be filled in.
func placeholders(name string) string {
	var b strings.Builder
	n := '1'
	for _, r := range name {
		switch r {
		case '<':
			b.WriteString("${" + string(n) + ":")
			n++
		case '>':
			b.WriteString("}")
		case '|':
			b.WriteString(" or ")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// fill puts what is typed in the place of a pattern's placeholders; false for a name
// that does not begin as it is typed.
func fill(pattern, typed string) (string, bool) {
	if !strings.Contains(pattern, "<") {
		return pattern, begins(pattern, typed)
	}
	ps, ts := strings.Split(pattern, "."), strings.Split(typed, ".")
	if len(ts) > len(ps) {
		return "", false
	}
	for i, t := range ts {
		last := i == len(ts)-1
		switch {
		case strings.HasPrefix(ps[i], "<") && t != "":
			if strings.Contains(ps[i], "|") && !last && !slices.Contains(strings.Split(strings.Trim(ps[i], "<>"), "|"), t) {
				return "", false
			}
			ps[i] = t
		case strings.HasPrefix(ps[i], "<") && last:
		case last && begins(ps[i], t), ps[i] == t:
		default:
			return "", false
		}
	}
	return strings.Join(ps, "."), true
}

// readers are the processes that read the file; none where it is not known.
func (c *completing) readers() []*conf.Service {
	t, f := c.treeOf(c.document.path), c.files[c.document.path]
	if t == nil || f == nil {
		return nil
	}
	return t.Readers(f)
}

// values are what may be written for a key.
func (c *completing) values(key, typed string) []completionItem {
	p, known := schema.Lookup(key)
	if !known {
		return nil
	}
	list := strings.HasPrefix(typed, "[") || key == loadList || p.TypeIn(c.target.Release).IsList()
	var items []completionItem
	offer := func(text, doc string, kind int) {
		item, ok := c.value(typed, text, list)
		if ok {
			item.Kind, item.Documentation = kind, doc
			items = append(items, item)
		}
	}
	if key == loadList {
		for i := range schema.Extensions() {
			if e := &schema.Extensions()[i]; e.ExistsIn(c.target.Release) {
				offer(e.Name, e.Doc, kindModule)
			}
		}
	}
	if key == monitors {
		for _, class := range c.monitors() {
			offer(class, "", kindModule)
		}
	}
	for _, choice := range p.ChoicesIn(c.target.Release) {
		doc := ""
		if choice.Extension != "" {
			doc = "needs the extension " + choice.Extension
		}
		offer(choice.Value, doc, kindValue)
	}
	if p.TypeIn(c.target.Release) == schema.Bool {
		offer("true", "", kindValue)
		offer("false", "", kindValue)
	}
	if d, ok := p.DefaultIn(c.target.Release); ok && d.Value != "" && !slices.ContainsFunc(items, func(i completionItem) bool { return i.Label == d.Value }) && !list {
		offer(d.Value, "the default of "+c.target.Name, kindValue)
	}
	return items
}

// monitors are those that the process of the file can run; of a common file, those
// that all can.
func (c *completing) monitors() []string {
	process := ""
	if readers := c.readers(); len(readers) == 1 {
		process = readers[0].Process()
	}
	return rules.Monitors(c.target.Release, process)
}

// value is one of a property, or of its list: in quotes, and no second time.
func (c *completing) value(typed, text string, list bool) (completionItem, bool) {
	if !list {
		return c.item(typed, text, kindValue), begins(text, typed)
	}
	word := typed[strings.LastIndexAny(typed, `[", `)+1:]
	if strings.Contains(typed+c.rest, `"`+text+`"`) || !begins(text, word) && !begins(text[strings.LastIndexByte(text, '.')+1:], word) {
		return completionItem{}, false
	}
	item := c.item(word, text, kindValue)
	switch quoted := strings.Count(typed, `"`)%2 == 1; {
	case quoted && !strings.HasPrefix(c.rest[len(rest.FindString(c.rest)):], `"`):
		item.TextEdit.NewText = text + `"`
	case quoted:
	case typed == word: // the list does not begin yet
		item.TextEdit.NewText = `["` + text + `"]`
	default:
		item.TextEdit.NewText = `"` + text + `"`
	}
	return item, true
}

// begins reports whether a text begins with what is typed, in either case.
func begins(text, typed string) bool {
	return len(text) >= len(typed) && strings.EqualFold(text[:len(typed)], typed)
}

// flags are arguments of java that every Java which the release runs on knows.
func (c *completing) flags(typed string) []completionItem {
	versions := schema.JavaVersions(c.target.Release)
	var items []completionItem
	offer := func(text, doc string) {
		if begins(text, typed) {
			item := c.item(typed, text, kindConstant)
			item.Documentation = doc
			items = append(items, item)
		}
	}
	for _, f := range everyJava {
		offer(f[0], f[1])
	}
	for _, name := range schema.JavaOptionNames() {
		o, ok := schema.LookupJavaOption(name)
		if !ok || slices.ContainsFunc(versions, o.RefusedBy) {
			continue
		}
		doc := ""
		if f, ok := schema.LookupFlag(name); ok {
			doc = f.Doc
		}
		if o.Switch {
			offer("-XX:+"+name, doc)
			offer("-XX:-"+name, doc)
		}
		if o.Value {
			offer("-XX:"+name+"=", doc)
		}
	}
	return items
}

// everyJava are arguments that each Java takes and each process should have.
var everyJava = [...][2]string{
	{"-server", "Compile for a process that runs long."},
	{"-Xms", "The heap at start; the same as -Xmx keeps it from growing later."},
	{"-Xmx", "The largest heap."},
	{"-Xss", "The stack of a thread."},
	{"-Duser.timezone=UTC", "Druid works in UTC."},
	{"-Dfile.encoding=UTF-8", "Texts are read as UTF-8 whatever the machine's language is."},
	{"-Djava.io.tmpdir=", "Where temporary files go: a disk with room."},
	{"-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager", "Logs of Java's own logger go where Druid's go."},
}
