package form

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// built is an image that a Dockerfile makes of another one.
type built struct {
	base   Text // the image that it begins with
	env    []Var
	copies []copied
	// alters is set where the image may start something else than its base, or have been
	// given files that are not known.
	alters bool
}

// copied is a file or a folder that the image has from the folder of the Dockerfile.
type copied struct{ from, to string }

// instruction is one of a Dockerfile, with the lines that go on.
type instruction struct {
	name string
	text Text // behind the name
}

// maxInstructions bounds what is read of a Dockerfile.
const maxInstructions = 1000

// instructionsOf cuts a Dockerfile into instructions. A backslash at the end of a line
// and the line end behind it become blanks, and so do comments: all else stays in place.
func instructionsOf(s *Source) (list []instruction) {
	data, from := bytes.Clone(s.Data), -1
	add := func(end int) {
		text := Exact(string(data[from:end]), Place{s, from, end}, nil).trim()
		if name, rest, _ := text.cut(' '); text.s != "" && len(list) < maxInstructions {
			list = append(list, instruction{strings.ToUpper(name.s), rest.trim()})
		}
		from = -1
	}
	for at := 0; at < len(data); {
		line, _, _ := bytes.Cut(data[at:], []byte("\n"))
		end := at + len(line)
		next := min(end+1, len(data))
		line = bytes.TrimRight(line, " \t\r")
		if bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("#")) { // within an instruction, too
			blank(data[at:next])
			at = next
			continue
		}
		if from < 0 {
			from = at
		}
		if bytes.HasSuffix(line, []byte(`\`)) {
			blank(data[at+len(line)-1 : next])
		} else {
			add(end)
		}
		at = next
	}
	if from >= 0 {
		add(len(data))
	}
	return list
}

func blank(data []byte) {
	for i := range data {
		data[i] = ' '
	}
}

// trim is the text without blanks around it.
func (t Text) trim() Text {
	from := len(t.s) - len(strings.TrimLeft(t.s, " \t\r\n"))
	return t.Slice(from, max(from, len(strings.TrimRight(t.s, " \t\r\n"))))
}

// readDockerfile reads the image that a Dockerfile makes, of the stage that is named, or
// else of the last one. Given are values for its ARG, dir is the folder of its files.
func readDockerfile(s *Source, dir, target string, given Lookup) *built {
	d := &dockerfile{dir: dir, given: given, stages: map[string]*built{}}
	for _, in := range instructionsOf(s) {
		d.run(in)
	}
	if target != "" {
		return d.stages[strings.ToLower(target)]
	}
	return d.stage
}

type dockerfile struct {
	dir    string
	given  Lookup
	args   []Var
	stages map[string]*built
	stage  *built
}

func (d *dockerfile) run(in instruction) {
	words := in.text.words()
	switch in.name {
	case "ARG":
		d.arg(in.text)
		return
	case "FROM":
		d.from(words)
		return
	}
	if d.stage == nil {
		return
	}
	switch in.name {
	case "ENV":
		d.setEnv(in.text, words)
	case "COPY", "ADD":
		d.copy(words)
	case "ENTRYPOINT", "CMD":
		d.stage.alters = d.stage.alters || in.name == "ENTRYPOINT"
	case "RUN":
		d.stage.alters = d.stage.alters || strings.Contains(in.text.s, "/conf") || strings.Contains(in.text.s, "druid.sh")
	}
}

// arg is ARG NAME=value, in front of which stands what the build is given.
func (d *dockerfile) arg(text Text) {
	name, value, _ := text.cut('=')
	if v, ok := d.given(name.s); ok {
		value = v
	} else if value = d.replace(value.unquoted()); value.s == "" {
		return
	}
	d.args = append(d.args, Var{Name: name, Value: value})
}

// from begins a stage: FROM [--platform=x] IMAGE [AS NAME].
func (d *dockerfile) from(words []Text) {
	for len(words) > 0 && strings.HasPrefix(words[0].s, "--") {
		words = words[1:]
	}
	d.stage = &built{}
	if len(words) == 0 {
		return
	}
	image := d.replace(words[0])
	if before := d.stages[strings.ToLower(image.s)]; before != nil {
		copied := *before
		copied.env, copied.copies = slices.Clone(before.env), slices.Clone(before.copies)
		d.stage = &copied
	} else {
		d.stage.base = image
	}
	if len(words) > 2 && strings.EqualFold(words[1].s, "as") {
		d.stages[strings.ToLower(words[2].s)] = d.stage
	}
}

// setEnv is ENV NAME=value ..., or ENV NAME value.
func (d *dockerfile) setEnv(text Text, words []Text) {
	if len(words) > 0 && !strings.Contains(words[0].s, "=") {
		name, value, _ := text.cut(' ')
		d.stage.set(name, d.replace(value.trim().unquoted()))
		return
	}
	for _, word := range words {
		if name, value, found := word.cut('='); found {
			d.stage.set(name, d.replace(value.unquoted()))
		}
	}
}

// set sets a variable of the image, the last time for good.
func (b *built) set(name, value Text) {
	b.env = slices.DeleteFunc(b.env, func(v Var) bool { return v.Name.s == name.s })
	b.env = append(b.env, Var{Name: name, Value: value})
}

// copy is COPY FROM ... TO, of which only what the script looks at counts. What comes
// from a stage or from the network is not known.
func (d *dockerfile) copy(words []Text) {
	known := true
	for len(words) > 0 && strings.HasPrefix(words[0].s, "--") {
		known = known && !strings.HasPrefix(words[0].s, "--from")
		words = words[1:]
	}
	if len(words) < 2 {
		return
	}
	last := words[len(words)-1].s
	for _, word := range words[:len(words)-1] {
		from, to := word.s, path.Clean(last)
		isFile := path.Ext(from) != ""
		if isFile && (strings.HasSuffix(last, "/") || path.Ext(to) == "") {
			to = path.Join(to, path.Base(from))
		}
		switch inConf := strings.HasPrefix(to+"/", confRoot); {
		case to == "/druid.sh" || inConf && (!known || strings.ContainsAny(from, "*?[$:")):
			d.stage.alters = true
		case inConf || !isFile && known && strings.HasPrefix(confRoot, strings.TrimSuffix(to, "/")+"/"):
			d.stage.copies = append(d.stage.copies, copied{path.Join(d.dir, from), to})
		}
	}
}

// replace puts the values of ARG and ENV in the place of their names.
func (d *dockerfile) replace(t Text) Text {
	out, err := substitute(t, func(name string) (Text, bool) {
		for _, list := range [][]Var{d.stageEnv(), d.args} {
			for i := len(list) - 1; i >= 0; i-- {
				if list[i].Name.s == name {
					return list[i].Value, true
				}
			}
		}
		return Text{}, false
	}, unknown)
	if err != nil {
		return t
	}
	return out
}

func (d *dockerfile) stageEnv() []Var {
	if d.stage == nil {
		return nil
	}
	return d.stage.env
}

// words cuts a text at blanks that stand in no quotes.
func (t Text) words() (list []Text) {
	quote, from := byte(0), -1
	for i := range len(t.s) + 1 {
		end := i == len(t.s)
		switch {
		case !end && quote != 0:
			if t.s[i] == quote {
				quote = 0
			}
			continue
		case !end && (t.s[i] == '"' || t.s[i] == '\''):
			quote = t.s[i]
		}
		switch blank := end || strings.IndexByte(" \t\r\n", t.s[i]) >= 0; {
		case blank && from >= 0:
			list, from = append(list, t.Slice(from, i)), -1
		case !blank && from < 0:
			from = i
		}
	}
	return list
}

// unquoted is a text without the quotes around it.
func (t Text) unquoted() Text {
	if n := len(t.s); n > 1 && (t.s[0] == '"' || t.s[0] == '\'') && t.s[n-1] == t.s[0] {
		inner := t.Slice(1, n-1)
		if t.s[0] == '"' && strings.Contains(inner.s, `\"`) {
			return inner.made(strings.ReplaceAll(inner.s, `\"`, `"`))
		}
		return inner
	}
	return t
}
