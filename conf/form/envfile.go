package form

import (
	"bytes"
	"path"
	"strings"
)

// isEnvFile reports whether a file gives variables that become Druid's properties.
func isEnvFile(s *Source) bool {
	if ext := strings.ToLower(path.Ext(s.Path)); ext == ".yml" || ext == ".yaml" {
		return false
	}
	for line := range bytes.Lines(s.Data) {
		line = bytes.TrimLeft(bytes.TrimPrefix(bytes.TrimLeft(line, " \t\ufeff"), []byte("export ")), " \t")
		if name, _, ok := bytes.Cut(line, []byte("=")); ok && bytes.HasPrefix(name, []byte("druid_")) {
			return true
		}
	}
	return false
}

// readEnvFile reads a file of variables that no Compose file names, as the cluster
// that it configures: all services of the official Compose file, or the one that
// the file is called after. Files of one folder that are called after a service each are
// one cluster, and the first stands for all.
func readEnvFile(in *Input, s *Source) []*Tree {
	t := &Tree{}
	files := crewOf(in, s)
	if files[0] != s {
		return nil
	}
	for _, f := range files {
		t.addEnvFile(in, f)
		t.use(f)
	}
	return []*Tree{t}
}

// crewOf are the files of variables that are one cluster with a file, in the order of
// their names: those next to it, each called after another service. A file that was named
// is by itself.
func crewOf(in *Input, s *Source) []*Source {
	alone := []*Source{s}
	if _, ok := roleIn(path.Base(s.Path)); !ok || in.Alone {
		return alone
	}
	dir := path.Dir(s.Path)
	var crew []*Source
	roles := map[string]bool{}
	for _, name := range in.names() {
		if path.Dir(name) != dir { // first, as there may be thousands
			continue
		}
		role, ok := roleIn(path.Base(name))
		if !ok {
			continue
		}
		f, err := in.File(name)
		if err != nil || !Mentions(f.Data) || !isEnvFile(f) {
			continue
		}
		if roles[role] {
			return alone
		}
		roles[role] = true
		crew = append(crew, f)
	}
	if len(crew) == 0 {
		return alone
	}
	return crew
}

// addEnvFile adds the services of a file. Compose takes the quotes of values away, and
// docker run does not; most files are made for Compose, and in most it makes no
// difference.
func (t *Tree) addEnvFile(in *Input, s *Source) {
	vars, mistake := dotenv(s, nowhere, unknown)
	if mistake != nil {
		raw, rawMistake := rawEnv(s, nowhere, unknown)
		if rawMistake != nil {
			t.problem(mistake.at, "is not read further: "+mistake.Error())
		} else {
			vars = raw
		}
	}
	home := Place{Source: s}
	for _, role := range rolesOf(s.Path) {
		t.Add(role, home, &Container{Role: role, Env: vars, Release: in.release(""), Image: home})
	}
}

// nowhere is the environment of a shell that nobody knows.
func nowhere(string) (Text, bool) { return Text{}, false }

// unknown is what a variable becomes that a shell may set: what is made of it is not
// known.
func unknown(name string) string { return "${" + name + "}" }

// roles are what the image can be started as.
var roles = []string{"coordinator", "overlord", "broker", "historical", "middleManager", "indexer", "router"}

// usualRoles are those of the official Compose file.
var usualRoles = []string{"coordinator", "broker", "historical", "middleManager", "router"}

// rolesOf are the roles that a file of variables is for, by its name.
func rolesOf(file string) []string {
	if role, ok := roleIn(path.Base(file)); ok {
		return []string{role}
	}
	return usualRoles
}

// roleIn finds the one role that a name has as a word in it.
func roleIn(name string) (found string, ok bool) {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return !(c >= 'a' && c <= 'z') })
	for i, word := range words {
		if word == "middle" && i+1 < len(words) && words[i+1] == "manager" {
			word = "middlemanager"
		}
		for _, role := range roles {
			if word != strings.ToLower(role) || role == found {
				continue
			}
			if found != "" {
				return "", false
			}
			found = role
		}
	}
	return found, found != ""
}
