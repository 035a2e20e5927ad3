package form

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// built is an image that a Dockerfile makes of another one.
type built struct {
	base   Text // the image that it begins with
	env    []Var
	copies []copied
	// command is what the base is told to start.
	command []string
	// alters is set where the image may start something else than its base, or have been
	// given files that are not known.
	alters bool
}

// copied is a file or a folder that the image has from the folder of the build.
type copied struct {
	from, to string
	// into is set where a file is put below to, and not in its place.
	into bool
}

// Bounds of what is read of a Dockerfile: people's own are far below.
const (
	maxDockerfile   = 1 << 16
	maxInstructions = 1000
	maxCopies       = 100
)

// dockerfile reads one stage of a Dockerfile, with those that it begins with.
type dockerfile struct {
	*built
	dir, workdir string
	given        Lookup
	escape       byte
	args, set    map[string]Text // what ARG and ENV have set
	left         int             // how much text variables may still make
}

// stage is what follows a FROM.
type stage struct {
	base Text
	from *stage // that it begins with; nil for an image
	list []instruction
}

// readDockerfile reads the image that a Dockerfile makes, of the stage that is named, or
// else of the last one; nil where there is none. Given are values for its ARG, dir is the
// folder of its files.
func readDockerfile(text Text, dir, target string, given Lookup) *built {
	list, escape := instructionsOf(text)
	if len(list) > maxInstructions || len(text.s) > maxDockerfile {
		return nil
	}
	d := &dockerfile{
		built: &built{}, dir: dir, workdir: "/opt/druid", given: given, escape: escape,
		args: map[string]Text{}, set: map[string]Text{}, left: maxValue,
	}
	wanted := d.stageOf(list, strings.ToLower(target))
	global := d.args
	d.args = map[string]Text{}
	var chain []*stage
	for s := wanted; s != nil; s = s.from {
		chain = append(chain, s)
	}
	if len(chain) == 0 {
		return nil
	}
	slices.Reverse(chain)
	d.base = chain[0].base
	for _, s := range chain {
		for _, in := range s.list {
			d.run(in, global)
		}
	}
	return d.built
}

// stageOf is the stage of a name, or the last one without a name. In front of the first
// stage, ARG sets what FROM may use.
func (d *dockerfile) stageOf(list []instruction, target string) (last *stage) {
	named := map[string]*stage{}
	for _, in := range list {
		switch {
		case in.name == "FROM":
			words := d.flags(in.text).words(d.escape)
			last = &stage{}
			if len(words) == 0 {
				continue
			}
			last.base = d.word(words[0])
			last.from = named[strings.ToLower(last.base.s)]
			if len(words) > 2 && strings.EqualFold(words[1].s, "as") {
				named[strings.ToLower(words[2].s)] = last
			}
		case last != nil:
			last.list = append(last.list, in)
		case in.name == "ARG":
			d.arg(in.text, nil)
		}
	}
	if target != "" {
		return named[target]
	}
	return last
}

func (d *dockerfile) run(in instruction, global map[string]Text) {
	switch in.name {
	case "ARG":
		d.arg(in.text, global)
	case "ENV":
		d.setEnv(in.text)
	case "WORKDIR":
		d.workdir = d.below(d.word(in.text).s)
	case "COPY", "ADD":
		d.copy(in.text)
	case "CMD":
		d.command = []string{"/bin/sh", "-c", in.text.s}
		if strings.HasPrefix(in.text.s, "[") {
			d.command = d.paths(in.text)
		}
	case "ENTRYPOINT":
		d.alters = true
	case "RUN":
		text := in.text.s + in.more
		d.alters = d.alters || strings.Contains(text, "/conf") || strings.Contains(text, "druid.sh")
	}
}

// below is a path of the image, seen from its folder of work.
func (d *dockerfile) below(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(d.workdir, name)
}

// arg is ARG NAME=value ..., in front of which is what the build is given. Without a value
// a stage takes that from in front of the first one.
func (d *dockerfile) arg(text Text, global map[string]Text) {
	for _, word := range text.words(d.escape) {
		name, value, found := word.cut('=')
		if v, ok := d.given(name.s); ok {
			d.args[name.s] = v
		} else if found {
			d.args[name.s] = d.word(value)
		} else if v, ok := global[name.s]; ok {
			d.args[name.s] = v
		}
	}
}

// setEnv is ENV NAME=value ..., or ENV NAME value. What an instruction sets, the next ones
// see.
func (d *dockerfile) setEnv(text Text) {
	words := text.words(d.escape)
	if len(words) > 0 && !strings.Contains(words[0].s, "=") {
		name, value := text.cutBlank()
		d.variable(name, d.word(value))
		return
	}
	var vars []Var
	for _, word := range words {
		if name, value, found := word.cut('='); found && len(vars) <= maxVariables {
			vars = append(vars, Var{Name: name, Value: d.word(value)})
		}
	}
	for _, v := range vars {
		d.variable(v.Name, v.Value)
	}
}

// variable sets a variable of the image, the last time for good.
func (d *dockerfile) variable(name, value Text) {
	if _, twice := d.set[name.s]; twice {
		d.env = slices.DeleteFunc(d.env, func(v Var) bool { return v.Name.s == name.s })
	}
	d.set[name.s] = value
	if len(d.env) <= maxVariables {
		d.env = append(d.env, Var{Name: name, Value: value})
	}
}

// copy is COPY FROM ... TO, of which only what the script looks at counts. What comes
// from a stage or from the network is not known.
func (d *dockerfile) copy(text Text) {
	rest := d.flags(text)
	known := !strings.Contains(text.s[:len(text.s)-len(rest.s)], "--from")
	names := d.paths(rest)
	if len(names) < 2 {
		return
	}
	last := names[len(names)-1]
	to := d.below(last)
	inConf := strings.HasPrefix(to+"/", confRoot)
	if to == "/druid.sh" || inConf && (!known || len(names) > maxCopies) {
		d.alters = true
		return
	}
	if !known || !inConf && !strings.HasPrefix(confRoot, strings.TrimSuffix(to, "/")+"/") {
		return
	}
	into := strings.HasSuffix(last, "/") || len(names) > 2 || path.Ext(to) == ""
	for _, from := range names[:len(names)-1] {
		switch {
		case len(d.copies) >= maxCopies || inConf && strings.ContainsAny(from, "*?[$:<"):
			d.alters = true
		default:
			// the folder of the build is the root of what can be copied
			d.copies = append(d.copies, copied{path.Join(d.dir, path.Join("/", from)), to, into})
		}
	}
}

// flags is what follows --platform=x and the like.
func (d *dockerfile) flags(t Text) Text {
	for strings.HasPrefix(t.s, "--") {
		_, t = t.cutBlank()
	}
	return t
}

// paths are the words of COPY, which may be a list of JSON.
func (d *dockerfile) paths(t Text) (list []string) {
	if strings.HasPrefix(t.s, "[") && json.Unmarshal([]byte(t.s), &list) == nil {
		return list
	}
	list = nil
	for _, word := range t.words(d.escape) {
		list = append(list, d.word(word).s)
	}
	return list
}

// lookup is the value that ENV, or else ARG has given to a name.
func (d *dockerfile) lookup(name string) (Text, bool) {
	if v, ok := d.set[name]; ok {
		return v, true
	}
	v, ok := d.args[name]
	return v, ok
}
