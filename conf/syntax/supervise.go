package syntax

import (
	"math"
	"path"
	"strconv"
	"strings"
)

// Supervise is a file of conf/supervise as bin/supervise reads it.
type Supervise struct {
	Verifies []Directive
	// Notifies are the :notify lines. Apache Druid since 0.17 knows them; the
	// supervise of Imply stops at them with a syntax error.
	Notifies []Directive
	// KillTimeout is the last :kill-timeout, or nil.
	KillTimeout *KillTimeout
	Commands    []Command
	// Errors are the lines that stop supervise before it starts anything.
	Errors []SyntaxError
}

// Directive is a :verify or :notify line.
type Directive struct {
	Text string // the command to run
	Span Span   // of Text
	CR   bool   // the line ends in CR LF, and the shell gets the CR
}

// KillTimeout is a :kill-timeout line.
type KillTimeout struct {
	Seconds int64
	Number  bool // the text is a whole number; supervise takes anything else as what number it begins with, or 0
	Span    Span // of the number
}

// Command is a line that starts a process. supervise hands Text to the shell,
// in the root of the distribution, as `exec Text`.
type Command struct {
	Name     string
	NameSpan Span
	// Order is when the command is stopped: the highest first. HasOrder is
	// false for the default.
	Order    int
	HasOrder bool
	Text     string
	Span     Span // of the whole line
	// Words are the words of Text as the shell sees them, up to a comment or
	// the end of the first command. The CR of a CR LF is taken off the last one.
	Words []Word
	CR    bool
	// Program is the launcher the words name, such as bin/run-druid, even
	// behind nohup or env; without any it is the first word. Tool is its last
	// part: run-druid.
	Program string
	Tool    string
	// Service is what run-druid is asked to run.
	Service string
	// ConfDir is the conf folder that the launcher is given, and ConfFile the
	// file behind -configFile of Tranquility; nil when there is none.
	ConfDir  *Word
	ConfFile *Word
}

// defaultOrder is the stop order of a command without !pN.
const defaultOrder = 50

// ParseSupervise reads a file of conf/supervise.
func ParseSupervise(data []byte) *Supervise {
	r := &superviseReader{index: NewLines(data), file: &Supervise{}}
	text := string(data)
	for start := 0; start < len(text); {
		line, _, _ := strings.Cut(text[start:], "\n")
		r.line(line, start)
		start += len(line) + 1
	}
	return r.file
}

type superviseReader struct {
	index *Lines
	file  *Supervise
	words int
}

func (r *superviseReader) fail(start, end int, msg string) {
	r.file.Errors = append(r.file.Errors, SyntaxError{Span: r.index.span(start, end), Msg: msg})
}

// line reads one line, which begins at the offset start.
func (r *superviseReader) line(line string, start int) {
	if text := strings.TrimLeft(line, perlSpace); text == "" || text[0] == '#' {
		return
	}
	text := strings.TrimSuffix(line, "\r")
	end, rest, ok := cutSupervise(line)
	if !ok {
		r.fail(start, start+len(text), "a line of supervise is `:verify COMMAND`, `:kill-timeout SECONDS` "+
			"or `[!pN ]NAME COMMAND`, with a name of two letters or more")
		return
	}
	name := line[:end]
	rest = min(rest, len(text))
	directive := Directive{
		Text: text[rest:],
		Span: r.index.span(start+rest, start+len(text)),
		CR:   len(text) < len(line),
	}
	switch name {
	case ":verify":
		r.file.Verifies = append(r.file.Verifies, directive)
	case ":notify":
		r.file.Notifies = append(r.file.Notifies, directive)
	case ":kill-timeout":
		r.file.KillTimeout = parseKillTimeout(directive)
	default:
		r.command(name, start, directive)
	}
}

// parseKillTimeout reads the number as Perl's int does.
func parseKillTimeout(d Directive) *KillTimeout {
	whole := strings.TrimSpace(d.Text)
	timeout := &KillTimeout{Span: d.Span, Number: whole != "" && leadingDigits(whole) == len(whole)}
	text := strings.TrimLeft(d.Text, perlSpace)
	sign := 0
	if text != "" && (text[0] == '+' || text[0] == '-') {
		sign = 1
	}
	if digits := leadingDigits(text[sign:]); digits > 0 {
		// Out of range, ParseInt gives the nearest number, which will do.
		timeout.Seconds, _ = strconv.ParseInt(text[:sign+digits], 10, 64)
	}
	return timeout
}

// command reads the name, with its order, and the words of a command.
func (r *superviseReader) command(name string, start int, d Directive) {
	c := Command{Name: name, Order: defaultOrder, Text: d.Text, CR: d.CR}
	end := start + len(name)
	if digits, rest := cutOrder(name); digits > 0 {
		c.Name, c.HasOrder = name[rest:], true
		c.Order = parseOrder(name[len("!p"):][:digits])
	}
	c.NameSpan = r.index.span(end-len(c.Name), end)
	c.Span = Span{Start: r.index.position(start), End: d.Span.End}
	words, err := splitShell(d.Text, d.Span.Start.Offset, r.index, MaxValues-r.words)
	r.words += len(words)
	if err != nil {
		r.file.Errors = append(r.file.Errors, *err)
	}
	c.Words = words
	c.understand()
	r.file.Commands = append(r.file.Commands, c)
}

func parseOrder(digits string) int {
	order, err := strconv.Atoi(digits)
	if err != nil {
		return math.MaxInt
	}
	return order
}

// understand finds the launcher among the words and what it is asked to do.
func (c *Command) understand() {
	if len(c.Words) == 0 {
		return
	}
	at := 0
	for i, word := range c.Words {
		if isLauncher(path.Base(word.Text)) {
			at = i
			break
		}
	}
	c.Program = c.Words[at].Text
	c.Tool = path.Base(c.Program)
	args := c.Words[at+1:]
	switch {
	case c.Tool == "run-druid":
		if len(args) > 0 {
			c.Service = args[0].Text
		}
		c.ConfDir = wordAt(args, 1)
	case isLauncher(c.Tool) && c.Tool != "tranquility":
		c.ConfDir = wordAt(args, 0)
	}
	c.ConfFile = wordAfter(args, "-configFile")
}

// isLauncher reports whether a program is one of the scripts in bin/.
func isLauncher(tool string) bool {
	return tool == "run-druid" || tool == "run-zk" || tool == "tranquility" ||
		strings.HasPrefix(tool, "run-imply-ui") || strings.HasPrefix(tool, "run-pivot")
}

func wordAt(words []Word, i int) *Word {
	if i >= len(words) {
		return nil
	}
	return &words[i]
}

func wordAfter(words []Word, option string) *Word {
	for i, word := range words {
		if word.Text == option {
			return wordAt(words, i+1)
		}
	}
	return nil
}
