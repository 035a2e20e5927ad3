package form

import (
	"errors"
	"fmt"
	"slices"
)

type composeVar struct {
	name, value Text
	null        bool
	listed      bool // is an item of a list
}

type composeEnvFile struct {
	path     string // below the scanned folder
	at       Place
	optional bool
	raw      bool
}

// replace replaces the variables in a text of the project.
func (c *compose) replace(t Text) Text {
	out, err := substitute(t, c.lookup, c.missing)
	if err != nil {
		c.fail(t.Place(), err)
		return t
	}
	return out
}

// lookup is a variable of the project.
func (c *compose) lookup(name string) (Text, bool) {
	if v, ok := c.shell(name); ok {
		return v, true
	}
	for _, v := range c.env {
		if v.Name.s == name {
			return v.Value, true
		}
	}
	return Text{}, false
}

// environment reads the variables of a service, a map or a list.
func (c *compose) environment(svc *composeService, n *Node) {
	if n.IsNull() || n.Tag == resetTag {
		return
	}
	if n.Twice != nil {
		c.twice(n)
	}
	if len(n.Members)+len(n.Items) > maxVariables {
		c.fail(n.At, fmt.Errorf("there are more than %d variables", maxVariables))
		return
	}
	for _, m := range n.Members {
		v := composeVar{name: m.Key, null: m.Value.IsNull()}
		switch {
		case m.Value.Tag == resetTag:
			svc.resets[m.Key.s] = true
			continue
		case m.Value.Kind != Scalar:
			c.fail(m.Key.Place(), fmt.Errorf("the value of %s is a list or a map, and has to be text: quote it", m.Key.s))
			continue
		case c.v1 && m.Value.Tag == "!!bool":
			c.fail(m.Value.At, fmt.Errorf("the value of %s is true or false, and has to be text: quote it", m.Key.s))
			continue
		case !v.null:
			v.value = c.replace(scalarValue(m.Value))
		}
		svc.env = append(svc.env, v)
	}
	for _, item := range n.Items {
		if item.Kind != Scalar {
			c.fail(item.At, errors.New(`an item of environment is no text: write NAME=value, without a blank behind the colon or equals sign`))
			continue
		}
		name, value, found := item.Text.cut('=')
		v := composeVar{name: name, null: !found, listed: true}
		if found {
			v.value = c.replace(value)
		}
		svc.env = append(svc.env, v)
	}
}

// scalarValue is a scalar as Compose, written in Go, prints what YAML makes of it.
func scalarValue(n *Node) Text {
	if n.Tag == "!!str" {
		return n.Text
	}
	s := fmt.Sprint(n.Decoded())
	if s == n.Text.s {
		return n.Text
	}
	return n.Text.made(s)
}

func (c *compose) listEnvFiles(svc *composeService, n *Node, dir string) {
	if n.IsNull() || n.Tag == resetTag {
		return
	}
	items := n.Items
	if n.Kind == Scalar {
		items = []*Node{n}
	}
	for _, item := range items {
		f := composeEnvFile{at: item.At}
		name := item
		if item.Kind == Map {
			name = item.Get("path")
			f.optional, f.raw = item.Get("required").String() == "false", item.Get("format").String() == "raw"
		}
		if name.String() == "" {
			continue
		}
		f.at = name.At
		f.path = c.below(dir, c.replace(name.Text).s)
		svc.envFiles = append(svc.envFiles, f)
	}
}

// uniqueFiles are the files of variables, each where it is named first.
func (svc *composeService) uniqueFiles() (list []composeEnvFile) {
	at := map[string]int{}
	for _, f := range svc.envFiles {
		if i, twice := at[f.path]; twice {
			list[i] = f
			continue
		}
		at[f.path] = len(list)
		list = append(list, f)
	}
	return list
}

// environmentUnder are the variables of a service with those of another one over them.
// Compose takes a single one away from a map only, and makes a list of two.
func (b *composeService) environmentUnder(over *composeService) []composeVar {
	list := slices.DeleteFunc(slices.Clone(b.env), func(v composeVar) bool { return !v.listed && over.resets[v.name.s] })
	if len(list) == 0 || len(over.env) == 0 {
		return append(list, over.env...)
	}
	list = append(list, over.env...)
	for i := range list {
		list[i].listed = true
	}
	return list
}

// variables are those that a container of the service has; complete is false where a
// file may give it more.
func (c *compose) variables(svc *composeService) (vars []Var, complete bool) {
	all := &envReader{}
	complete = true
	if svc.built != nil {
		for _, v := range svc.built.env {
			all.set(v)
		}
	}
	for _, f := range svc.uniqueFiles() {
		own, found := c.envFile(f, all)
		complete = complete && found
		for _, v := range own {
			all.set(v)
		}
	}
	for _, v := range svc.env {
		value := v.value
		if v.null {
			var known bool
			if value, known = c.lookup(v.name.s); !known { // of the shell, if it has it
				complete = false
				all.vars = slices.DeleteFunc(all.vars, func(o Var) bool { return o.Name.s == v.name.s })
				continue
			}
		}
		all.set(Var{Name: v.name, Value: value})
	}
	return all.vars, complete
}

// dotenv is how the files of variables are read.
func (c *compose) dotenv() func(*Source, Lookup, func(string) string) ([]Var, *mistake) {
	if c.v1 {
		return dotenvV1
	}
	return dotenv
}

// envFile reads a file that env_file names, after those before it.
func (c *compose) envFile(f composeEnvFile, before *envReader) (vars []Var, found bool) {
	s, err := c.in.File(f.path)
	if err != nil {
		if !f.optional {
			c.lacks(f.at, "the env_file "+f.path, err)
		}
		return nil, false
	}
	c.tree.use(s)
	lookup := func(name string) (Text, bool) {
		if v, ok := c.lookup(name); ok {
			return v, true
		}
		for _, v := range before.vars {
			if v.Name.s == name {
				return v.Value, true
			}
		}
		return Text{}, false
	}
	read := c.dotenv()
	if f.raw {
		read = rawEnv
	}
	vars, mistake := read(s, lookup, c.missing)
	if mistake != nil {
		c.fail(mistake.at, mistake.error)
	}
	return vars, true
}
