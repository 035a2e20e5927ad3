package retune

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/sizing"
)

// wish is a flag of a plan, and the flag that says something about the same.
type wish struct {
	text  string
	flag  syntax.Flag
	names []string
}

// synonyms are flags with two names.
var synonyms = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"Xmx": {"Xmx", "MaxHeapSize"}, "MaxHeapSize": {"Xmx", "MaxHeapSize"},
		"Xms": {"Xms", "InitialHeapSize"}, "InitialHeapSize": {"Xms", "InitialHeapSize"},
	}
}}

func newWish(text string) wish {
	flag := syntax.ParseFlags([]syntax.Word{{Text: text}})[0]
	names := synonyms.Get()[flag.Name]
	if names == nil {
		names = []string{flag.Name}
	}
	return wish{text, flag, names}
}

// verdict is what is to be done for a wish.
type verdict int

const (
	leave verdict = iota
	change
	add
)

// judge looks for a wish among flags. It answers the flag to change, and its
// new text.
func (w wish) judge(flags []syntax.Flag) (verdict, syntax.Flag, string) {
	if w.flag.Kind == syntax.Toggle && isCollector(w.flag) {
		for _, f := range flags {
			if isCollector(f) {
				return leave, f, "" // which collector is no question of size
			}
		}
	}
	have, found := syntax.LastFlag(flags, w.flag.Kind, w.names...)
	switch {
	case !found && w.flag.Text == "-server":
		return leave, have, "" // there is no other Java on 64 bits
	case !found:
		return add, have, ""
	case w.flag.Kind == syntax.Size:
		if have.BytesOK && have.Bytes == w.flag.Bytes {
			return leave, have, ""
		}
		return change, have, strings.TrimSuffix(have.Text, have.Value) + w.flag.Value
	case w.flag.Kind == syntax.Toggle && have.On != w.flag.On, w.flag.Kind == syntax.Option && have.Value != w.flag.Value:
		return change, have, w.text
	}
	return leave, have, ""
}

func isCollector(f syntax.Flag) bool {
	return f.Kind == syntax.Toggle && f.On && strings.HasPrefix(f.Name, "Use") && strings.HasSuffix(f.Name, "GC")
}

// flagsOf are the flags of a file as they were meant: java gets a carriage
// return at the end of a line as a part of the word.
func flagsOf(f *conf.File) []syntax.Flag {
	words := slices.Clone(f.Args.Words)
	for i := range words {
		words[i].Text = strings.TrimRight(words[i].Text, "\r")
	}
	return syntax.ParseFlags(words)
}

// flags brings the flags of a process into a jvm.config.
func (e *editor) flags(f *conf.File, p sizing.Process) {
	if f.Args == nil || f.Err != nil {
		e.note("%s: it cannot be read to its end, and is left as it is", f.Path)
		return
	}
	var missing []string
	for _, figure := range p.Figures {
		text := figure.Flag()
		if text == "" || figure.Place {
			continue
		}
		w := newWish(text)
		switch verdict, have, changed := w.judge(flagsOf(f)); {
		case verdict == add:
			missing = append(missing, text)
		case verdict == change && !e.writable(f, edit{have.Span.Start.Offset, have.Span.End.Offset, changed}):
			missing = append(missing, changed)
		case verdict == change && syntax.HasPlaceholder(have.Text):
			e.note("%s: %s is filled in by a tool, and left as it is", f.Path, have.Text)
		case verdict == change && !e.setWord(f, have.Word, changed):
			e.note("%s: %s is quoted in a way that %s cannot replace: change it by hand", f.Path, have.Raw, text)
		}
	}
	e.addFlags(f, missing)
}

// setWord replaces a word and keeps the quotes and the line end around it.
func (e *editor) setWord(f *conf.File, word syntax.Word, text string) bool {
	old := strings.TrimRight(word.Text, "\r")
	at := strings.Index(word.Raw, old)
	if at < 0 || strings.ContainsAny(text, " \t\r\n\"'\\") {
		return false
	}
	start := word.Span.Start.Offset + at
	e.replace(f, edit{start, start + len(old), text})
	return true
}

// addFlags writes flags behind the last word that is one of memory, else behind
// the last word: on lines of their own, or on the one line that there is.
func (e *editor) addFlags(f *conf.File, flags []string) {
	if len(flags) == 0 {
		return
	}
	if readers := e.tree.Readers(f); f.Made() && len(readers) > 0 {
		for _, flag := range flags {
			e.settings = append(e.settings, setting{service: readers[0], flag: flag})
		}
		return
	}
	if len(f.Args.Words) == 0 {
		end := lineEnd(f.Data)
		e.replace(f, edit{len(f.Data), len(f.Data), strings.Join(flags, end) + end})
		return
	}
	behind, ok := lastToStay(f)
	if !ok {
		end := lineEnd(f.Data)
		e.replace(f, edit{0, 0, strings.Join(flags, end) + end})
		return
	}
	separator := lineEnd(f.Data)
	if first := f.Args.Words[0]; len(f.Args.Words) > 1 && first.Span.Start.Line == f.Args.Words[len(f.Args.Words)-1].Span.Start.Line {
		separator = " "
	}
	at := behind.Span.End.Offset - (len(behind.Raw) - len(strings.TrimRight(behind.Raw, "\r")))
	e.replace(f, edit{at, at, separator + strings.Join(flags, separator)})
}

// lastToStay is the last flag of memory, else the last word, that repairFlags leaves.
func lastToStay(f *conf.File) (behind syntax.Word, ok bool) {
	sized := false
	for _, flag := range flagsOf(f) {
		if young(flag) || oldCollector(flag) || sized && flag.Kind != syntax.Size {
			continue
		}
		behind, ok, sized = flag.Word, true, flag.Kind == syntax.Size
	}
	return behind, ok
}

// setFlag replaces the value of a -D flag.
func (e *editor) setFlag(s *conf.Service, v conf.Value, text string) {
	flag, ok := syntax.LastFlag(flagsOf(s.JVM), syntax.SystemProperty, v.Key)
	if !ok || !e.setWord(s.JVM, flag.Word, "-D"+v.Key+"="+text) {
		e.note("%s: -D%s is to be %s: change it by hand", s.JVM.Path, v.Key, text)
	}
}
