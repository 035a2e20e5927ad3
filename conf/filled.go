package conf

import (
	"bytes"
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
)

// isScript reports whether a file may be one that fills in slots when a process
// is started or an image is built: start.sh, bin/run, a Dockerfile.
func isScript(file string) bool {
	name := strings.ToLower(path.Base(file))
	return path.Ext(name) == ".sh" || strings.HasPrefix(name, "dockerfile") || strings.HasPrefix(name, "entrypoint") ||
		path.Ext(name) == "" && path.Base(path.Dir(file)) == "bin"
}

// markFilled finds the values that are empty, or an example, because a script
// around the tree puts others in their place with sed or envsubst.
func (t *Tree) markFilled(around *surroundings) {
	for _, f := range t.Readable(CommonProperties, RuntimeProperties) {
		for i := range f.Properties.Entries {
			e := &f.Properties.Entries[i]
			if (e.Value == "" || e.Placeholder) && around.fills(f, e) {
				e.Placeholder, e.Filled, e.Node = true, true, nil
			}
		}
	}
}

// fills reports whether a script replaces the value of an entry.
func (s *surroundings) fills(f *File, e *syntax.Entry) bool {
	escaped := strings.ReplaceAll(e.Key, ".", `\.`)
	for _, script := range s.scripts() {
		switch {
		case bytes.Contains(script, []byte("sed ")) && (bytes.Contains(script, []byte(e.Key)) || bytes.Contains(script, []byte(escaped))):
			return true
		case bytes.Contains(script, []byte("envsubst")) && strings.Contains(e.Value, "$") && bytes.Contains(script, []byte(f.Base())):
			return true
		}
	}
	return false
}

// scripts are those around the tree that may fill in slots, read once.
func (s *surroundings) scripts() [][]byte {
	s.scriptsOnce.Do(func() {
		for i := range s.candidates {
			if !isScript(s.candidates[i].path) {
				continue
			}
			if data := s.candidates[i].read(); bytes.Contains(data, []byte("sed ")) || bytes.Contains(data, []byte("envsubst")) {
				s.read = append(s.read, data)
			}
		}
	})
	return s.read
}
