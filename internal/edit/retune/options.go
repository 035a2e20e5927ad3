package retune

import (
	"encoding/json"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/sizing"
)

const (
	optionsKey      = "druid.indexer.runner.javaOpts"
	optionsArrayKey = "druid.indexer.runner.javaOptsArray"
)

// optionSource is one of the two properties that hold the options of tasks, and
// the words in it.
type optionSource struct {
	value conf.Value
	words []syntax.Word // spans count in the value's text
	splice
}

// taskOptions changes the options of tasks, in javaOpts and javaOptsArray. Java
// gets both, the array last.
func (e *editor) taskOptions(s *conf.Service, f sizing.Figure) {
	text, array := s.Get(optionsKey), s.Get(optionsArrayKey)
	if !text.Set && !array.Set {
		e.append(s, f)
		return
	}
	var sources []*optionSource
	for _, v := range []conf.Value{text, array} {
		if !v.Set {
			continue
		}
		words, ok := optionWords(v)
		if !v.Known() || !ok {
			e.note("%s: %s cannot be read, or is filled in by a tool, and is left as it is", s.Name, v.Key)
			return
		}
		sources = append(sources, &optionSource{value: v, words: words})
	}
	var missing []string
	for _, option := range planOptions(f) {
		missing = append(missing, e.option(sources, newWish(option))...)
	}
	last := sources[len(sources)-1]
	last.add(missing)
	for _, source := range sources {
		if changed := source.sorted().apply(source.value.Text); changed != source.value.Text {
			e.set(s, source.value, f, changed)
		}
	}
}

// option brings one option into the source that has it; it is answered if none
// has.
func (e *editor) option(sources []*optionSource, w wish) []string {
	for i := len(sources) - 1; i >= 0; i-- {
		switch verdict, have, text := w.judge(syntax.ParseFlags(sources[i].words)); verdict {
		case leave:
			return nil
		case change:
			sources[i].at(have.Span.Start.Offset, have.Span.End.Offset, text)
			return nil
		}
	}
	return []string{w.text}
}

// add writes options at the end, in the way of the others.
func (o *optionSource) add(options []string) {
	end := len(o.value.Text)
	isArray := o.value.Key == optionsArrayKey
	if isArray {
		end = strings.LastIndexByte(o.value.Text, ']')
	}
	separator := ","
	switch {
	case !isArray:
		separator = " "
	case strings.Contains(o.value.Text, `", "`):
		separator = ", "
	}
	count := len(o.words)
	for _, option := range options {
		if isArray {
			option = quoted(option)
		}
		if count > 0 {
			option = separator + option
		}
		o.at(end, end, option)
		count++
	}
}

// sorted puts the splices in the order of the text; options that are added at
// one place keep theirs.
func (o *optionSource) sorted() *splice {
	for i := 1; i < len(o.edits); i++ {
		for j := i; j > 0 && o.edits[j].start < o.edits[j-1].start; j-- {
			o.edits[j], o.edits[j-1] = o.edits[j-1], o.edits[j]
		}
	}
	for i := len(o.edits) - 1; i > 0; i-- {
		if o.edits[i].start == o.edits[i-1].start {
			o.edits[i-1].text += o.edits[i].text
			o.edits = append(o.edits[:i], o.edits[i+1:]...)
		}
	}
	return &o.splice
}

// optionWords are the words of javaOpts or javaOptsArray and where they stand.
func optionWords(v conf.Value) ([]syntax.Word, bool) {
	var words []syntax.Word
	if v.Key == optionsKey {
		at := 0
		for _, text := range syntax.SplitJavaOpts(v.Text) {
			at += strings.Index(v.Text[at:], text)
			words = append(words, word(text, at, at+len(text)))
			at += len(text)
		}
		return words, true
	}
	node := v.JSON()
	if node == nil || node.Kind != syntax.Array {
		return nil, false
	}
	for _, item := range node.Items {
		if item.Kind != syntax.String || item.Text == "" || v.Text[item.Span.Start.Offset:item.Span.End.Offset] != quoted(item.Text) {
			return nil, false
		}
		words = append(words, word(item.Text, item.Span.Start.Offset+1, item.Span.End.Offset-1))
	}
	return words, true
}

func word(text string, start, end int) syntax.Word {
	w := syntax.Word{Text: text, Raw: text}
	w.Span.Start.Offset, w.Span.End.Offset = start, end
	return w
}

// planOptions are the options in a figure.
func planOptions(f sizing.Figure) []string {
	if f.Key == optionsKey {
		return syntax.SplitJavaOpts(f.Value)
	}
	options, _ := parse(f.Value).Strings()
	return options
}

// quoted writes a text as JSON, in as few escapes as JSON has.
func quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text is always JSON, and a Builder takes all
	return strings.TrimSuffix(b.String(), "\n")
}
