package effective

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
)

// The arguments of java for tasks, which the task does not get as properties.
const (
	javaOpts      = "druid.indexer.runner.javaOpts"
	javaOptsArray = "druid.indexer.runner.javaOptsArray"
)

// fork is a process that starts tasks, as ForkingTaskRunner does: java with
// javaOpts, javaOptsArray, its own properties of the allowed prefixes and the
// fork properties, all of them -D flags of which the last counts. A task has the
// files of its parent on its class path, too, below all of that.
type fork struct {
	parent *conf.Service
	own    written
	// words are javaOpts and javaOptsArray taken apart, and flags what java makes
	// of them; SplitFrom is the word of a flag.
	words []conf.Value
	flags []syntax.Flag
}

func newFork(s *conf.Service) fork {
	f := fork{parent: s, own: newWritten(s)}
	if opts := s.Get(javaOpts); opts.Set {
		f.add(opts, syntax.SplitJavaOpts(opts.Text))
	}
	if array := s.Get(javaOptsArray); array.Set {
		words, _ := array.Strings()
		f.add(array, words)
	}
	words := make([]syntax.Word, len(f.words))
	for i, w := range f.words {
		words[i] = syntax.Word{Text: w.Text, Span: w.ValueSpan, SplitFrom: i}
	}
	f.flags = syntax.ParseFlags(words)
	return f
}

// add takes words that stand in a setting, whose place they share.
func (f *fork) add(setting conf.Value, words []string) {
	for _, word := range words {
		setting.Text = word
		f.words = append(f.words, setting)
	}
}

// written are the places that set a key for the task, the one that wins first.
func (f *fork) written() written {
	w := written{}
	for key, places := range f.own {
		if name, ok := strings.CutPrefix(key, conf.ForkPrefix); ok {
			w[name] = slices.Clone(places)
		}
	}
	for key, places := range f.own {
		if f.allowed(key) {
			w[key] = append(w[key], places...)
		}
	}
	f.addFlags(w)
	for key, places := range f.own {
		if f.allowed(key) || isForTasks(key) {
			continue
		}
		for _, place := range places {
			if !place.JVM { // the parent keeps its flags, and the task reads the files
				w[key] = append(w[key], place)
			}
		}
	}
	return w
}

// allowed reports whether a property of the parent is handed on under its name.
func (f *fork) allowed(key string) bool {
	prefixes, _ := f.parent.Get("druid.indexer.runner.allowedPrefixes").Strings()
	return !isForTasks(key) && slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// isForTasks reports whether a key only carries something for tasks, and means
// nothing to them under its name.
func isForTasks(key string) bool {
	return key == javaOpts || key == javaOptsArray || strings.HasPrefix(key, conf.ForkPrefix)
}

// addFlags adds the -D flags of javaOpts and javaOptsArray.
func (f *fork) addFlags(w written) {
	for _, flag := range slices.Backward(f.flags) {
		if flag.Kind == syntax.SystemProperty {
			v := f.words[flag.SplitFrom]
			v.Key, v.Text, v.JVM, v.Entry = flag.Name, flag.Value, true, nil
			w[v.Key] = append(w[v.Key], v)
		}
	}
}

// jvm are the arguments of the task's java that are no properties.
func (f *fork) jvm() []Flag {
	var list []Flag
	for _, flag := range f.flags {
		if flag.Kind != syntax.SystemProperty {
			list = append(list, newFlag(f.words[flag.SplitFrom].File, flag))
		}
	}
	return list
}
