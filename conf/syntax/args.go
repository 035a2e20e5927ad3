package syntax

import "strings"

// Args is a jvm.config or main.config as java gets it. The launchers run
//
//	java $(cat FILE | xargs)
//
// so the text passes GNU xargs, which takes quotes and backslashes away and
// hands the words to echo, and then the shell, which cuts what echo printed at
// blanks once more: a quoted blank does separate words after all.
//
// Two things are left out. The shell also replaces a word holding *, ? or [ by
// the files it matches, which depends on the machine. And echo itself eats the
// options -n, -e and -E at the very beginning, none of which is java's.
type Args struct {
	// Words are the arguments of java, in order, and no more than a few after the
	// first MaxValues.
	Words []Word
	// Err says where xargs gives up. Java is started all the same, with the
	// words before that place.
	Err *SyntaxError
}

// Word is one argument.
type Word struct {
	Text string
	// Raw is the text in the file with quotes and backslashes, Span its place.
	// A word that the shell cut out of a longer one has its share of it.
	Raw  string
	Span Span
	// Quoted is set when xargs took a quote or backslash out of the word.
	Quoted bool
	// SplitFrom counts the words of xargs from 0: two words with the same
	// number were one before the shell cut them.
	SplitFrom int
	// Comment is set in a line that begins with '#'. Java gets the word all
	// the same: there are no comments in these files.
	Comment bool
}

// ParseArgs reads a jvm.config or main.config.
func ParseArgs(data []byte) *Args {
	r := &argsReader{data: string(data), index: NewLines(data)}
	r.markComments()
	args := &Args{}
	for number := 0; len(args.Words) <= MaxValues; number++ {
		r.skipSpace()
		if word, ok := r.plain(); ok {
			word.SplitFrom = number
			args.Words = append(args.Words, word)
			continue
		}
		word, ok := r.next()
		if !ok {
			break
		}
		args.Words = append(args.Words, r.split(word, number)...)
	}
	args.Err = r.err
	return args
}

// argsReader does what xargs does with its input.
type argsReader struct {
	data     string
	at       int
	index    *Lines
	comments []bool // by line, from 0: does it begin with '#'?
	err      *SyntaxError
	buffer   xargsWord
}

// xargsWord is a word as xargs passes it to echo: its place in the file and,
// for every byte of its text, the place where that byte ends.
type xargsWord struct {
	start, end int
	text       []byte
	ends       []int32
	quoted     bool
}

func (w *xargsWord) add(c byte, end int) {
	w.text = append(w.text, c)
	w.ends = append(w.ends, int32(end))
}

// plain reads a word without quotes and backslashes, as most are.
func (r *argsReader) plain() (Word, bool) {
	end := r.at
	for ; end < len(r.data) && !isArgsBlank(r.data[end]); end++ {
		switch r.data[end] {
		case '\\', '\'', '"':
			return Word{}, false
		}
	}
	if end == r.at {
		return Word{}, false
	}
	word := r.word(r.data[r.at:end], r.at, end)
	r.at = end
	return word, true
}

// next reads one word; it is false at the end of the file and at an error.
func (r *argsReader) next() (*xargsWord, bool) {
	if r.at == len(r.data) {
		return nil, false
	}
	word := &r.buffer
	*word = xargsWord{start: r.at, text: word.text[:0], ends: word.ends[:0]}
	for r.at < len(r.data) && !isArgsBlank(r.data[r.at]) {
		if !r.readInto(word) {
			return nil, false
		}
	}
	word.end = r.at
	return word, true
}

// readInto adds one character, or one quoted stretch, to the word.
func (r *argsReader) readInto(word *xargsWord) bool {
	c := r.data[r.at]
	switch c {
	case '\\':
		word.quoted = true
		r.at++
		if r.at == len(r.data) {
			return true // xargs drops a backslash that nothing follows
		}
		c = r.data[r.at]
	case '\'', '"':
		word.quoted = true
		return r.readQuoted(word, c)
	}
	r.at++
	word.add(c, r.at)
	return true
}

// readQuoted adds what stands between two quotes. A quote must end in its own
// line. Only at the very end of the file, with nothing read since the last
// blank, does xargs not notice an open one.
func (r *argsReader) readQuoted(word *xargsWord, quote byte) bool {
	open := r.at
	for r.at++; r.at < len(r.data) && r.data[r.at] != '\n'; r.at++ {
		if r.data[r.at] == quote {
			r.at++
			return true
		}
		word.add(r.data[r.at], r.at+1)
	}
	if r.at == len(r.data) && len(word.text) == 0 {
		return true
	}
	name := "single"
	if quote == '"' {
		name = "double"
	}
	r.err = &SyntaxError{Span: r.index.span(open, open+1), Msg: "unmatched " + name + " quote"}
	return false
}

// skipSpace passes over what stands between words. Here, and only here, a
// carriage return counts as space: one that follows a word belongs to it.
func (r *argsReader) skipSpace() {
	for r.at < len(r.data) && strings.IndexByte(" \t\n\v\f\r", r.data[r.at]) >= 0 {
		r.at++
	}
}

func isArgsBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n'
}

// split does the shell's part: it cuts the word at the blanks in its text. The
// first piece keeps the raw text before it and the last one the raw text after
// it, so that no quote is lost.
func (r *argsReader) split(word *xargsWord, number int) []Word {
	var words []Word
	var start int // of the raw text of the piece
	begin := -1   // of the piece in the text
	for i := 0; i <= len(word.text); i++ {
		blank := i == len(word.text) || isArgsBlank(word.text[i])
		switch {
		case !blank && begin < 0:
			begin = i
			start = word.start
			if len(words) > 0 {
				start = int(word.ends[i-1])
			}
		case blank && begin >= 0:
			words = append(words, r.word(string(word.text[begin:i]), start, int(word.ends[i-1])))
			begin = -1
		}
	}
	if len(words) > 0 {
		last := &words[len(words)-1]
		*last = r.word(last.Text, last.Span.Start.Offset, word.end)
	}
	for i := range words {
		words[i].Quoted = word.quoted
		words[i].SplitFrom = number
	}
	return words
}

// word makes a word of its text and the place of its raw text.
func (r *argsReader) word(text string, start, end int) Word {
	span := r.index.span(start, end)
	return Word{
		Text:    text,
		Raw:     r.data[start:end],
		Span:    span,
		Comment: r.comments[span.Start.Line-1],
	}
}

// markComments finds the lines that were meant as comments.
func (r *argsReader) markComments() {
	r.comments = make([]bool, len(r.index.lines))
	for i, line := range r.index.lines {
		text := r.data[line.offset:r.index.lineEnd(i+1)]
		r.comments[i] = strings.HasPrefix(strings.TrimLeft(text, " \t\v\f\r"), "#")
	}
}
