package form

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"sync"
)

// maxAnsible bounds the files that are looked at for what sets a variable of Ansible.
const maxAnsible = 2000

// Ansible are the variables that a role of Ansible gives to its templates. Of all who can
// set one the strongest wins, and most of them are for some hosts, or for one run: so a
// variable is known only if the role has it, in vars or in defaults, or group_vars/all
// alone has it, and nothing else in the folder sets it.
type Ansible struct {
	file  func(path string) (*Source, error)
	names []string

	once sync.Once
	// setters are who else sets a variable: the folder of the role whose vars do, or
	// anyone.
	setters map[string]string
	groups  map[string][]Member // by the variable; of specific groups and hosts, too
	roles   map[string]*ansibleRole
	// defaults are the variables that any role has a default of: one that runs in the same
	// play sees it.
	defaults map[string]bool
	most     bool // there are more files than are looked at
}

// anyone stands for what sets a variable and is no role's vars.
const anyone = "\x00"

// ansibleRole are the variables of one role.
type ansibleRole struct{ vars, defaults *Node }

// NewAnsible looks for variables in files, by their names below the scanned folder.
func NewAnsible(names []string, file func(path string) (*Source, error)) *Ansible {
	return &Ansible{file: file, names: names}
}

// RoleOf is the folder of the role that a template belongs to.
func RoleOf(template string) (string, bool) {
	for dir := path.Dir(template); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if path.Base(dir) == "templates" {
			return path.Dir(dir), true
		}
	}
	return "", false
}

// HoldsVariables reports whether a file may set variables of Ansible and need be no YAML
// by its name: an inventory, as its documentation calls them, or what is for a group or a
// host.
func HoldsVariables(dir, base string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return slices.Contains([]string{"hosts", "inventory", "production", "staging"}, base) || strings.HasSuffix(base, ".ini") || strings.Contains(dir, "_vars") && isGroupFile(dir+"/"+base) ||
		strings.HasSuffix(dir, "inventory") || strings.HasSuffix(dir, "inventories")
}

// isGroupFile reports whether a file is for a group of hosts, or one of them.
func isGroupFile(file string) bool {
	_, ok := groupNamed(file)
	return ok
}

// groupNamed is the group or the host that a file is for.
func groupNamed(file string) (string, bool) {
	parts := strings.Split(file, "/")
	i := slices.IndexFunc(parts, func(part string) bool { return part == "group_vars" || part == "host_vars" })
	if i < 0 || i+1 == len(parts) {
		return "", false
	}
	return strings.TrimSuffix(strings.TrimSuffix(parts[i+1], ".yml"), ".yaml"), true
}

// roleFile tells main.yml of a role's vars or defaults, and what lies in main/.
func roleFile(file string) (role, kind string, ok bool) {
	dir, base := path.Split(file)
	dir = strings.TrimSuffix(dir, "/")
	if path.Base(dir) == "main" {
		dir, base = path.Dir(dir), "main.yml"
	}
	kind = path.Base(dir)
	ok = (base == "main.yml" || base == "main.yaml") && (kind == "vars" || kind == "defaults")
	return path.Dir(dir), kind, ok
}

// read looks at all files, once.
func (a *Ansible) read() {
	a.setters, a.groups, a.roles, a.defaults = map[string]string{}, map[string][]Member{}, map[string]*ansibleRole{}, map[string]bool{}
	if a.most = len(a.names) > maxAnsible; a.most {
		return
	}
	for _, name := range a.names {
		s, err := a.file(name)
		if err != nil {
			continue
		}
		role, kind, own := roleFile(name)
		switch {
		case own:
			a.ofRole(role, kind, s)
		case isGroupFile(name):
			for _, m := range variablesOf(s) {
				a.groups[m.Key.s] = append(a.groups[m.Key.s], m)
			}
		default:
			a.setBy(s.Data, anyone)
		}
	}
}

// ofRole adds a file of a role's own.
func (a *Ansible) ofRole(role, kind string, s *Source) {
	r := a.roles[role]
	if r == nil {
		r = &ansibleRole{&Node{Kind: Map}, &Node{Kind: Map}}
		a.roles[role] = r
	}
	into := r.defaults
	if kind == "vars" {
		into = r.vars
		a.setBy(s.Data, role)
	}
	variables := variablesOf(s)
	for _, m := range variables {
		a.defaults[m.Key.s] = a.defaults[m.Key.s] || kind == "defaults"
	}
	into.Members = append(into.Members, variables...)
}

// variablesOf are the variables of a file.
func variablesOf(s *Source) []Member {
	documents, err := s.Documents()
	if err != nil || len(documents) != 1 {
		return nil
	}
	return documents[0].Members
}

// setBy remembers every name that stands before a colon or an equals sign, and what a task
// registers or a play prompts for.
func (a *Ansible) setBy(data []byte, who string) {
	for at := 0; at < len(data); {
		sign := bytes.IndexAny(data[at:], ":=")
		if sign < 0 {
			return
		}
		name := bytes.TrimRight(data[at:at+sign], " \t\"'")
		from := len(name)
		for from > 0 && (name[from-1] == '_' || isAlphanumeric(name[from-1])) {
			from--
		}
		if name = name[from:]; len(name) > 0 {
			a.setter(string(name), who)
		}
		at += sign + 1
		if string(name) == "register" || string(name) == "name" {
			value := bytes.TrimLeft(data[at:], " \t\"'")
			end := bytes.IndexFunc(value, func(c rune) bool { return c != '_' && (c > 'z' || !isAlphanumeric(byte(c))) })
			a.setter(string(value[:max(end, 0)]), who)
		}
	}
}

// setter remembers who sets a variable.
func (a *Ansible) setter(name, who string) {
	if was, set := a.setters[name]; set && was != who {
		who = anyone
	}
	a.setters[name] = who
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// variable is a variable as a template of a role sees it. It is nil where none is set, and
// unknown where several may be.
func (a *Ansible) variable(role, name string) (found *Member, known bool) {
	a.once.Do(a.read)
	if who, set := a.setters[name]; a.most || set && who != role {
		return nil, false
	}
	r := a.roles[role]
	if r == nil {
		r = &ansibleRole{}
	}
	if m := r.vars.member(name); m != nil {
		return m, true
	}
	switch groups := a.groups[name]; {
	case len(groups) > 1:
		return nil, false
	case len(groups) == 1:
		group, _ := groupNamed(groups[0].Key.Place().Source.Path)
		return &groups[0], group == "all"
	}
	m := r.defaults.member(name)
	return m, m != nil || !a.defaults[name]
}
